# shellcheck shell=bash
# What the benchmarks share: an instance of their own, started from nothing and gone at the end, and the programs in load/.
. "$repository/compose/lib/say.sh"
. "$repository/compose/lib/pidfile.sh"
. "$repository/compose/lib/state.sh"
. "$repository/compose/lib/packages.sh"
. "$repository/compose/lib/instance.sh"
. "$repository/compose/lib/memory.sh"
. "$repository/compose/lib/dotnet.sh"
. "$repository/load/lib/driver.sh"

# How often each figure is measured; seconds of one window, and before the first.
export BENCH_WINDOWS=${BENCH_WINDOWS:-3} BENCH_WINDOW=${BENCH_WINDOW:-12} BENCH_WARM_UP=${BENCH_WARM_UP:-30}
export BENCH_PROGRAM=$repository/load/Bench/bin/Release/net10.0/Certctl.Bench

# What is set for a running instance does not reach this one.
forget_settings CERTCTL_LOAD_
use_state "${CERTCTL_LOAD_STATE_DIR:-$repository/.certctl-load}"

# begin_bench NAME [RESULT.json]: sets output, and results, a folder for what is measured meanwhile. What runs here from now on ends
# with the script. Packages are installed before: that has an EXIT trap of its own.
begin_bench() {
  output=$(realpath -m -- "${2:-$repository/load/results/$1.json}")
  results=$state_dir/$1
  ensure_tools jq curl openssl
  stop_recorded_in "$results"
  export CERTCTL_ACME_PORT=18444 CERTCTL_RENEWAL_PORT=18445 CERTCTL_HEARTBEAT_PORT=18446
  claim_instance "$state_dir" 18443 18080 "${CERTCTL_LOAD_PG_PORT:-25452}" "${CERTCTL_LOAD_AMQP_PORT:-25712}"
  rm -rf -- "$results" "$state_dir/ca.pem" "$output"
  mkdir -p -- "$results" "$(dirname -- "$output")"
  trap clean_up EXIT
  trap 'exit 130' INT TERM
  [[ ${BENCH_HUGE_PAGES:-0} == 0 ]] || reserve_huge_pages
}

# Room for the shared memory of the PostgreSQL that is measured, which finds it by itself (huge_pages = try); given back in the end.
reserve_huge_pages() {
  local setting=/proc/sys/vm/nr_hugepages wanted=120 before
  before=$(cat "$setting")
  { echo "$((before + wanted))" >"$setting"; } 2>/dev/null || fail 'BENCH_HUGE_PAGES=1 needs root'
  huge_pages_before=$before
  (($(cat "$setting") == before + wanted)) || fail "the kernel has no room for $wanted huge pages"
}

clean_up() {
  local status=$?
  trap '' INT TERM
  stop_recorded_in "$results"
  stop_claimed || status=1
  [[ ! ${huge_pages_before:-} ]] || echo "$huge_pages_before" >/proc/sys/vm/nr_hugepages || status=1
  exit "$status"
}

stop_recorded_in() {
  local file
  for file in "$1"/*.pid; do [[ ! -e $file ]] || stop_recorded "$file"; done
}

services() { "$repository/compose/services.sh" "$@" --state "$state_dir"; }

# Their processes are measured: never containers, and never what somebody uses.
start_services() { services start --private; }

# The whole product, and in the environment what its users are told.
start_product() {
  start_services
  start_claimed
  set -a
  # shellcheck source=/dev/null
  . "$state_dir/env"
  set +a
}

# PostgreSQL and RabbitMQ for a benchmark that is itself the product's host.
start_services_for_host() {
  start_services
  CERTCTL_DATABASE_URL=$(services postgres-url) CERTCTL_RABBITMQ_URL=$(services rabbitmq-url) CERTCTL_CONFIG_ENCRYPTION_KEY=$(random_secret)
  export CERTCTL_DATABASE_URL CERTCTL_RABBITMQ_URL CERTCTL_CONFIG_ENCRYPTION_KEY
}

seed() {
  step "Seeding $1 certificates"
  CERTIFICATES=$1 "$repository/compose/run.sh" seed-scale >>"$state_dir/logs/seed.log" 2>&1 || fail "see $state_dir/logs/seed.log"
  step_done 'seeded'
}

build_bench() {
  step 'Building the benchmark'
  dotnet build "$repository/load/Bench" -c Release -v q --nologo --disable-build-servers >"$state_dir/logs/bench-build.log" ||
    fail "see $state_dir/logs/bench-build.log"
  step_done 'built'
}

bench() { "$BENCH_PROGRAM" "$@"; }

# median FIGURE FILE...: of results one after the other, the whole one whose figure is in the middle.
median() { jq -s "sort_by($1) | .[(length - 1) / 2 | floor]" "${@:2}"; }
