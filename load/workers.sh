#!/usr/bin/env bash
# Renewals drained a second by 1, 2 and 4 RenewalWorker processes of a fresh fleet on this machine: load/workers.sh [result.json]
# BENCH_WINDOWS (3) says how often each is measured.
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/load/lib/bench.sh"
. "$repository/compose/lib/settings.sh"

# More workers than the fleet's one, each with a port of its own.
add_worker() {
  local number=$1 port=$((18450 + $1)) log=$state_dir/logs/worker-$1.log
  (
    export CERTCTL_RENEWAL_PORT=$port
    export_product_settings
    exec setsid dotnet "$state_dir/app/RenewalWorker/Certctl.RenewalWorker.dll"
  ) >"$log" 2>&1 </dev/null &
  record_pid "$results/worker-$number.pid" $!
  within 60 curl -fs -o /dev/null --noproxy '*' "http://127.0.0.1:$port/health/ready" || fail "worker $number did not start: see $log"
}

begin_bench workers "${1:-}"
build_bench
export FLEET=1
start_product
# As the fleet's own processes are told.
mode=fleet postgres_url=$CERTCTL_DATABASE_URL rabbitmq_url=$CERTCTL_RABBITMQ_URL
seed 10000

for workers in 1 2 4; do
  case $workers in
    2) add_worker 2 ;;
    4)
      add_worker 3
      add_worker 4
      ;;
  esac
  step "$workers workers"
  # The first bulk of a new process warms it up.
  bench bulk loadtest >/dev/null
  bench bulk loadtest >/dev/null
  for ((number = 1; number <= BENCH_WINDOWS; number++)); do bench bulk loadtest >>"$results/$workers"; done
  step_done "$(median .seconds "$results/$workers" | jq -r '"\(.per_second | round) renewals/s"')"
done
jq -n --argjson one "$(median .seconds "$results/1")" --argjson two "$(median .seconds "$results/2")" --argjson four "$(median .seconds "$results/4")" \
  --arg cores "$(nproc)" '{cores: ($cores | tonumber), one: $one, two: $two, four: $four}' | tee "$output"
