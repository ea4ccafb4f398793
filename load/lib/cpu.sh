# shellcheck shell=bash
# CPU time of the instance in $state_dir. Needs pidfile.sh, state.sh.

# CPU seconds of a process, its children (running and reaped) included: fields 14 to 17 of /proc/PID/stat.
tree_cpu() {
  local pids=("$1") i child
  for ((i = 0; i < ${#pids[@]}; i++)); do
    while read -r child; do [[ ! $child ]] || pids+=("${child// /}"); done < <(ps -o pid= --ppid "${pids[i]}")
  done
  for child in "${pids[@]}"; do cat "/proc/$child/stat" 2>/dev/null || true; done |
    sed 's/^.*) //' | awk -v tick="$(getconf CLK_TCK)" '{ t += $12 + $13 + $14 + $15 } END { printf "%.2f\n", t / tick }'
}

# One line of JSON: seconds by part.
instance_cpu() {
  local product=0 name
  for name in "$state_dir"/pids/*; do
    product=$(awk -v a="$product" -v b="$(tree_cpu "$(recorded_pid "$name")")" 'BEGIN { print a + b }')
  done
  printf '{"product": %s, "postgresql": %s}\n' "$product" "$(tree_cpu "$(head -n 1 "$private_dir/postgres/data/postmaster.pid")")"
}
