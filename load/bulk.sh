#!/usr/bin/env bash
# Bulk renewals of a fresh instance on this machine: load/bulk.sh [result.json]
#   10,000 certificates beside the bare cost of their keys and signatures and beside a row-by-row loop, in turns;
#   100,000 at once; the same 10,000 with 100,000 and with 1,000,000 certificates in the table.
# BENCH_WINDOWS (3) says how often each is measured, BENCH_CERTIFICATES (1000000) how large the table gets.
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/compose/lib/say.sh"
. "$repository/compose/lib/pidfile.sh"
. "$repository/compose/lib/state.sh"
. "$repository/compose/lib/packages.sh"
. "$repository/compose/lib/instance.sh"
. "$repository/compose/lib/memory.sh"
. "$repository/load/lib/cpu.sh"

forget_settings CERTCTL_LOAD_
windows=${BENCH_WINDOWS:-3} largest=${BENCH_CERTIFICATES:-1000000}
output=$(realpath -m -- "${1:-$repository/load/results/bulk.json}")
use_state "${CERTCTL_LOAD_STATE_DIR:-$repository/.certctl-load}"
mkdir -p -- "$(dirname -- "$output")"
ensure_tools jq curl

bench() { "$repository/load/Bench/bin/Release/net10.0/Certctl.Bench" "$@"; }

# measure NAME COMMAND...: its line of JSON, with the CPU seconds that the instance spent meanwhile.
measure() {
  local name=$1 before result
  shift
  before=$(instance_cpu)
  result=$(bench "$@")
  sleep 1 # what is stored is committed; its last messages are still acknowledged
  result=$(jq -c --argjson before "$before" --argjson after "$(instance_cpu)" \
    '. + {cpu: {product: ($after.product - $before.product), postgresql: ($after.postgresql - $before.postgresql)}}' <<<"$result")
  note "$name: $(jq -r '"\(.seconds * 100 | round / 100) s"' <<<"$result")"
  echo "$result" >>"$results/$name"
}

median() { jq -s 'sort_by(.seconds) | .[(length - 1) / 2 | floor]' "$results/$1"; }

seed() {
  step "Seeding $1 certificates"
  CERTIFICATES=$1 "$repository/compose/run.sh" seed-scale >>"$state_dir/logs/seed.log" 2>&1 || fail "see $state_dir/logs/seed.log"
  step_done 'seeded'
}

clean_up() {
  local status=$?
  trap '' INT TERM
  stop_claimed || status=1
  exit "$status"
}

results=$state_dir/bulk
rm -rf -- "$results"
mkdir -p -- "$results"
step 'Building the benchmark'
dotnet build "$repository/load/Bench" -c Release -v q --nologo --disable-build-servers >"$state_dir/logs/bench-build.log" || fail "see $state_dir/logs/bench-build.log"
step_done 'built'
trap clean_up EXIT
trap 'exit 130' INT TERM
claim_instance "$state_dir" 18443 18080 "${CERTCTL_LOAD_PG_PORT:-25452}" "${CERTCTL_LOAD_AMQP_PORT:-25712}"
start_claimed
set -a
# shellcheck source=/dev/null
. "$state_dir/env"
set +a

seed 10000
step 'Warming up: two bulks, one loop'
bench bulk loadtest >/dev/null
bench bulk loadtest >/dev/null
bench row-by-row 2000 >/dev/null
bench bare 10000 >/dev/null
step_done 'warm'
for ((number = 1; number <= windows; number++)); do
  step "Round $number of $windows"
  measure bare bare 10000
  measure ten_thousand bulk loadtest
  measure row_by_row row-by-row 10000
done
seed 110000
for ((number = 1; number <= windows; number++)); do
  measure hundred_thousand bulk loadtest-scale
  measure ten_thousand_of_110000 bulk loadtest
done
memory=$(instance_memory)
if ((largest > 110000)); then
  seed "$largest"
  for ((number = 1; number <= windows; number++)); do measure "ten_thousand_of_$largest" bulk loadtest; done
fi

last=ten_thousand_of_$largest
[[ -e $results/$last ]] || last=ten_thousand_of_110000
jq -n --argjson bare "$(median bare)" --argjson ours "$(median ten_thousand)" --argjson loop "$(median row_by_row)" --argjson many "$(median hundred_thousand)" \
  --argjson beside "$(median ten_thousand_of_110000)" --argjson largest "$(median "$last")" --arg rows "$largest" --arg memory "$memory" '{
    bare: $bare, ten_thousand: $ours, row_by_row: $loop, hundred_thousand: $many, ten_thousand_of_110000: $beside, ten_thousand_of_most: $largest,
    most: ($rows | tonumber), memory: $memory,
    to_bare: ($ours.seconds / $bare.seconds), to_row_by_row: ($loop.seconds / $ours.seconds),
    growth_tenfold: ($many.seconds / $ours.seconds), growth_of_table: ($largest.seconds / $ours.seconds)}' >"$output"
jq -r '
  def s: . * 100 | round / 100;
  "", "medians of '"$windows"'            seconds   CPU s: product  PostgreSQL",
  (["bare keys and signatures, 10,000", .bare], ["bulk of 10,000", .ten_thousand], ["row by row, 10,000", .row_by_row], ["bulk of 100,000", .hundred_thousand],
   ["bulk of 10,000 of 110,000", .ten_thousand_of_110000], ["bulk of 10,000 of \(.most)", .ten_thousand_of_most]
   | "\(.[0] + " " * (34 - (.[0] | length)))\(.[1].seconds | s)   \(.[1].cpu.product | s)  \(.[1].cpu.postgresql | s)"),
  "bulk of 10,000: \(.to_bare | s) times its bare keys and signatures; the row-by-row loop takes \(.to_row_by_row | s) times as long",
  "100,000 take \(.growth_tenfold | s) times as long as 10,000; with \(.most) certificates in the table 10,000 take \(.growth_of_table | s) times as long",
  "memory: \(.memory)"' "$output"
