#!/bin/bash
# Ends the Slurm of up.sh, and waits until it has. Usage: down.sh FOLDER
for file in "$1"/slurmd-*.pid "$1"/slurmctld.pid "$1"/munged.pid; do
  [ -f "$file" ] || continue
  pid=$(cat "$file")
  kill "$pid" 2>/dev/null || continue
  for _ in $(seq 50); do
    # One that has ended and is not yet collected has no program any more.
    [ -n "$(readlink "/proc/$pid/exe")" ] || break
    sleep 0.1
  done
done
exit 0
