# shellcheck shell=bash
# Memory of process trees: the proportional set size, which counts a shared page once over all who share it.

# The ids of a process and all below it.
tree_of() {
  local pids=("$1") i pid
  [[ $1 && -e /proc/$1 ]] || {
    echo "error: there is no process '$1' to measure" >&2
    return 1
  }
  for ((i = 0; i < ${#pids[@]}; i++)); do
    while read -r pid; do pids+=("$pid"); done < <(ps -o pid= --ppid "${pids[i]}" | tr -d ' ')
  done
  echo "${pids[@]}"
}

# Megabytes of a process and all below it.
tree_memory() {
  local pids pid
  pids=$(tree_of "$1") || return 1
  for pid in $pids; do cat "/proc/$pid/smaps_rollup" 2>/dev/null || true; done |
    awk '$1 == "Pss:" { kb += $2 } END { printf "%d\n", kb / 1024 }'
}

# PostgreSQL's first process.
postmaster() { head -n 1 "$private_dir/postgres/data/postmaster.pid"; }

# The parts of the instance in $state_dir, each by name.
instance_memory() {
  local product postgresql rabbitmq
  product=$(tree_memory "$(recorded_pid "$state_dir/pids/AllInOne")") && postgresql=$(tree_memory "$(postmaster)") &&
    rabbitmq=$(tree_memory "$(recorded_pid "$private_dir/rabbitmq/rabbitmq.pid")") || return 1
  printf 'product %s, PostgreSQL %s, RabbitMQ %s\n' "$product" "$postgresql" "$rabbitmq"
}
