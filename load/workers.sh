#!/usr/bin/env bash
# Renewals drained a second by 1, 2 and 4 RenewalWorker processes of a fresh fleet on this machine: load/workers.sh [result.json]
# BENCH_WINDOWS (3) says how often each is measured.
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/compose/lib/say.sh"
. "$repository/compose/lib/pidfile.sh"
. "$repository/compose/lib/state.sh"
. "$repository/compose/lib/packages.sh"
. "$repository/compose/lib/instance.sh"
. "$repository/compose/lib/memory.sh"

forget_settings CERTCTL_LOAD_
windows=${BENCH_WINDOWS:-3}
output=$(realpath -m -- "${1:-$repository/load/results/workers.json}")
use_state "${CERTCTL_LOAD_STATE_DIR:-$repository/.certctl-load}"
mkdir -p -- "$(dirname -- "$output")"
ensure_tools jq curl

bench() { "$repository/load/Bench/bin/Release/net10.0/Certctl.Bench" "$@"; }

# More workers than the fleet's one, each with a port of its own.
add_worker() {
  local number=$1 port=$((18450 + $1))
  CERTCTL_RENEWAL_PORT=$port setsid dotnet "$state_dir/app/RenewalWorker/Certctl.RenewalWorker.dll" >"$state_dir/logs/worker-$number.log" 2>&1 </dev/null &
  record_pid "$results/worker-$number.pid" $!
  within 60 curl -fs -o /dev/null --noproxy '*' "http://127.0.0.1:$port/health/ready" || fail "worker $number did not start: see $state_dir/logs/worker-$number.log"
}

median() { jq -s 'sort_by(.seconds) | .[(length - 1) / 2 | floor]' "$results/$1"; }

clean_up() {
  local status=$? number
  trap '' INT TERM
  for number in 2 3 4; do stop_recorded "$results/worker-$number.pid"; done
  stop_claimed || status=1
  exit "$status"
}

results=$state_dir/workers
rm -rf -- "$results"
mkdir -p -- "$results"
step 'Building the benchmark'
dotnet build "$repository/load/Bench" -c Release -v q --nologo --disable-build-servers >"$state_dir/logs/bench-build.log" || fail "see $state_dir/logs/bench-build.log"
step_done 'built'
trap clean_up EXIT
trap 'exit 130' INT TERM
claim_instance "$state_dir" 18443 18080 "${CERTCTL_LOAD_PG_PORT:-25452}" "${CERTCTL_LOAD_AMQP_PORT:-25712}"
export CERTCTL_ACME_PORT=18444 CERTCTL_RENEWAL_PORT=18445 CERTCTL_HEARTBEAT_PORT=18446
FLEET=1 start_claimed
FLEET=1 "$repository/compose/run.sh" seed-scale >>"$state_dir/logs/seed.log" 2>&1 || fail "see $state_dir/logs/seed.log"
set -a
# shellcheck source=/dev/null
. "$state_dir/env"
set +a
export CERTCTL_CONFIG_ENCRYPTION_KEY_FILE=$state_dir/encryption-key

for workers in 1 2 4; do
  case $workers in
    2) add_worker 2 ;;
    4) add_worker 3 && add_worker 4 ;;
  esac
  step "$workers workers"
  # The first bulk of a new process warms it up.
  bench bulk loadtest >/dev/null
  bench bulk loadtest >/dev/null
  for ((number = 1; number <= windows; number++)); do bench bulk loadtest >>"$results/$workers"; done
  note "$(median "$workers" | jq -r '"\(.per_second | round) renewals/s"')"
done
jq -n --argjson one "$(median 1)" --argjson two "$(median 2)" --argjson four "$(median 4)" --arg cores "$(nproc)" \
  '{cores: ($cores | tonumber), one: $one, two: $two, four: $four}' | tee "$output"
