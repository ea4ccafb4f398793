#!/usr/bin/env bash
# HEAD new-nonce and GET directory against a bare Kestrel endpoint behind the same TLS, in one process and in turns:
# load/nonces.sh [result.json]. BENCH_WARM_UP, BENCH_WINDOW (seconds), BENCH_WINDOWS and BENCH_CONNECTIONS change the run.
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/load/lib/bench.sh"

ensure_tools wrk psql
begin_bench nonces "${1:-}"
base=https://localhost:$CERTCTL_ACME_PORT profile=/acme/profile/prof-burst

# measure NAME METHOD PATH SECONDS: adds a line of JSON to what NAME was measured to do.
measure() {
  BENCH_METHOD=$2 BENCH_PATH=$3 wrk -t1 -c"${BENCH_CONNECTIONS:-64}" -d"$4s" --timeout 10s -s "$repository/load/nonces.lua" "$base" |
    sed -n 's/^RESULT //p' >>"$results/$1"
}

measure_all() {
  measure "$1bare" HEAD /bare "$2"
  measure "$1new_nonce" HEAD "$profile/new-nonce" "$2"
  measure "$1directory" GET "$profile/directory" "$2"
}

# Rows written to the product's tables so far. PostgreSQL's books are a second late.
written() {
  sleep 2
  psql "$CERTCTL_DATABASE_URL" -Atqc "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_user_tables WHERE schemaname = 'public'"
}

answers() { curl -fskI -o /dev/null --noproxy '*' "$base$profile/new-nonce"; }

build_bench
start_services_for_host
CERTCTL_DEMO_SEED=true CERTCTL_ACME_SERVER_ENABLED=true CERTCTL_LOG_LEVEL=warn "$BENCH_PROGRAM" serve-acme >"$state_dir/logs/bench-host.log" 2>&1 &
record_pid "$results/host.pid" $!
within 60 answers || fail "the host did not start: see $state_dir/logs/bench-host.log"

step "Measuring: $BENCH_WINDOWS windows of $BENCH_WINDOW s each"
measure_all warm-up. "$BENCH_WARM_UP"
before=$(written)
for ((number = 1; number <= BENCH_WINDOWS; number++)); do measure_all '' "$BENCH_WINDOW"; done
after=$(written)
step_done 'measured'

jq -n --argjson bare "$(median .per_second "$results/bare")" --argjson nonce "$(median .per_second "$results/new_nonce")" \
  --argjson directory "$(median .per_second "$results/directory")" --argjson written "$((after - before))" \
  --argjson failed "$(cat -- "$results"/{bare,new_nonce,directory} | jq -s 'map(.failed) | add')" '{
    bare: $bare, new_nonce: $nonce, directory: $directory, rows_written: $written, failed: $failed,
    share: ($nonce.per_second / $bare.per_second), directory_share: ($directory.per_second / $bare.per_second)}' | tee "$output"
