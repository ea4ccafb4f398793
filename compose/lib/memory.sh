# shellcheck shell=bash
# Memory of process trees: the proportional set size, which counts a shared page once over all who share it.

# Megabytes of a process and all below it.
tree_memory() {
  local pids=("$1") i children pid
  for ((i = 0; i < ${#pids[@]}; i++)); do
    mapfile -t children < <(ps -o pid= --ppid "${pids[i]}")
    for pid in "${children[@]}"; do pids+=("${pid// /}"); done
  done
  for pid in "${pids[@]}"; do cat "/proc/$pid/smaps_rollup" 2>/dev/null || true; done |
    awk '$1 == "Pss:" { kb += $2 } END { printf "%d\n", kb / 1024 }'
}

# The parts of the instance in $state_dir, each by name.
instance_memory() {
  printf 'product %s, PostgreSQL %s, RabbitMQ %s\n' "$(tree_memory "$(recorded_pid "$state_dir/pids/AllInOne")")" \
    "$(tree_memory "$(head -n 1 "$private_dir/postgres/data/postmaster.pid")")" "$(tree_memory "$(recorded_pid "$private_dir/rabbitmq/rabbitmq.pid")")"
}
