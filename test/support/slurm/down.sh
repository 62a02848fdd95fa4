#!/bin/bash
# Ends the Slurm of up.sh. Usage: down.sh FOLDER
for file in "$1"/slurmd-*.pid "$1"/slurmctld.pid "$1"/munged.pid; do
  if [ -f "$file" ]; then kill "$(cat "$file")" 2>/dev/null; fi
done
exit 0
