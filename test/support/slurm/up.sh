#!/bin/bash
# A Slurm of N virtual nodes on this host, as root and without systemd, in FOLDER. Usage: up.sh FOLDER [N]
# Prints the value for SLURM_CONF. down.sh FOLDER ends it.
set -eu
folder=$1 count=${2:-2} host=$(hostname -s)
mkdir -p "$folder"/state "$folder"/spool "$folder"/log
# A munge of its own (socket, key), so that nothing of the system is touched.
dd if=/dev/urandom of="$folder"/munge.key bs=128 count=1 status=none
chmod 600 "$folder"/munge.key
munged --force --key-file="$folder"/munge.key --socket="$folder"/munge.sock --pid-file="$folder"/munged.pid \
  --log-file="$folder"/log/munged.log --seed-file="$folder"/munge.seed 2>/dev/null
cat > "$folder"/slurm.conf <<C
ClusterName=nowsim
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=26917
SlurmdPort=26918
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge.sock
CryptoType=crypto/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd-%n.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SlurmdTimeout=4
SchedulerParameters=sched_interval=1,batch_sched_delay=0,bf_interval=1,sched_min_interval=0
MpiDefault=none
NodeName=n[1-$count] NodeHostname=$host NodeAddr=127.0.0.1 Port=[27101-$((27100 + count))] CPUs=2 RealMemory=1000
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
C
export SLURM_CONF=$folder/slurm.conf
slurmctld -c
for i in $(seq "$count"); do slurmd -N "n$i"; done
for _ in $(seq 100); do
  [ "$(sinfo -h -o %T 2>/dev/null | sort -u)" = idle ] && echo "$SLURM_CONF" && exit 0
  sleep 0.2
done
echo "the nodes did not come up: $(sinfo -h -o '%N %T' 2>&1)" >&2
exit 1
