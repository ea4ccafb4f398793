#!/usr/bin/env bash
# Every performance figure beside its baseline, in one run on this machine: make bench. About 25 minutes.
# Writes load/results/bench.json and prints a table; each part is a script of its own, see load/README.md.
# BENCH_PARTS names what is measured; BENCH_WINDOWS (3), BENCH_WINDOW (12), BENCH_WARM_UP (30), in seconds, how long.
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/compose/lib/say.sh"
. "$repository/compose/lib/state.sh"
. "$repository/compose/lib/packages.sh"

read -ra parts <<<"${BENCH_PARTS:-heartbeats nonces bulk workers acme-signed}"
results=$repository/load/results
use_state "${CERTCTL_LOAD_STATE_DIR:-$repository/.certctl-load}"
services_state=$state_dir-services
mkdir -p -- "$results"
ensure_tools jq curl wrk psql

services() { "$repository/compose/services.sh" "$1" --state "$services_state"; }

# PostgreSQL and RabbitMQ of their own for the parts whose host is part of the benchmark.
with_services() {
  "$repository/compose/services.sh" start --state "$services_state" --pg-port "${CERTCTL_LOAD_PG_PORT:-25452}" --amqp-port "${CERTCTL_LOAD_AMQP_PORT:-25712}"
  CERTCTL_DATABASE_URL=$(services postgres-url) CERTCTL_RABBITMQ_URL=$(services rabbitmq-url) CERTCTL_SERVER_PORT=18443 CERTCTL_ACME_PORT=18444 \
    CERTCTL_PKI_PORT=18080 "$@"
  services wipe
}

clean_up() {
  local status=$?
  trap '' INT TERM
  [[ ! -e $services_state ]] || services wipe >/dev/null || status=1
  exit "$status"
}

measure() {
  case $1 in
    heartbeats | nonces) with_services "$repository/load/$1.sh" "$results/$1.json" ;;
    bulk | workers | acme-signed) "$repository/load/$1.sh" "$results/$1.json" ;;
    *) fail "no such part: $1" ;;
  esac
}

trap clean_up EXIT
trap 'exit 130' INT TERM
failed=()
for part in "${parts[@]}"; do
  rm -f -- "$results/$part.json"
  measure "$part" || failed+=("$part")
done
for part in "${parts[@]}"; do
  [[ ! -s $results/$part.json ]] || jq -n --arg part "$part" --slurpfile result "$results/$part.json" '{($part): $result[0]}'
done | jq -s --arg commit "$(git -C "$repository" rev-parse --short HEAD)" --arg date "$(date -u +%FT%TZ)" --arg cores "$(nproc)" \
  --arg dotnet "$(dotnet --version)" '{commit: $commit, date: $date, cores: ($cores | tonumber), dotnet: $dotnet} + add' >"$results/bench.json"

jq -r '
  def r: . * 100 | round / 100;
  def line(name; ours; baseline; ratio): "\(name + " " * (46 - (name | length)))\(ours)  beside \(baseline): \(ratio | r) times";
  "",
  (.heartbeats // empty | line("heartbeats stored/s"; .queue.stored_per_second | round; "\(.baseline.stored_per_second | round) (one UPDATE each)"; .stored_ratio),
    line("  CPU µs a heartbeat"; .queue.cpu_microseconds | round; .baseline.cpu_microseconds | round; .cpu_ratio)),
  (.nonces // empty | line("HEAD new-nonce/s"; .new_nonce.per_second; "\(.bare.per_second) (bare Kestrel)"; .share)),
  (.bulk // empty | line("bulk of 10,000, s"; .ten_thousand.seconds | r; "\(.bare.seconds | r) (bare keys and signatures)"; .to_bare),
    line("  row by row, s"; .row_by_row.seconds | r; .ten_thousand.seconds | r; .to_row_by_row),
    line("  100,000, s"; .hundred_thousand.seconds | r; .ten_thousand.seconds | r; .growth_tenfold),
    line("  10,000 of \(.most), s"; .ten_thousand_of_most.seconds | r; .ten_thousand.seconds | r; .growth_of_table)),
  (.workers // empty | line("renewals/s, 2 workers"; .two.per_second | round; "\(.one.per_second | round) (1 worker)"; .two.per_second / .one.per_second),
    line("  4 workers"; .four.per_second | round; .one.per_second | round; .four.per_second / .one.per_second)),
  (."acme-signed" // empty | line("signed ACME flows/s, trust"; .["ours-trust"].flows_per_second | r; "\(.pebble.flows_per_second | r) (Pebble)"; .trust_ratio),
    line("  challenge, http-01"; .["ours-challenge"].flows_per_second | r; "\(.caddy.flows_per_second | r) (Caddy)"; .challenge_ratio))' "$results/bench.json"
note "$results/bench.json"
((${#failed[@]} == 0)) || fail "failed or below its threshold: ${failed[*]}"
