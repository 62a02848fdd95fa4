#!/bin/bash
# Ends the Slurm of up.sh, and waits until it has. Usage: down.sh FOLDER
for file in "$1"/slurmd-*.pid "$1"/slurmctld.pid "$1"/munged.pid; do
  [ -f "$file" ] || continue
  pid=$(cat "$file")
  kill "$pid" 2>/dev/null || continue
  for _ in $(seq 50); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
done
exit 0
