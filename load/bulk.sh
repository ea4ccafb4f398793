#!/usr/bin/env bash
# Bulk renewals of a fresh instance on this machine: load/bulk.sh [result.json]
#   10,000 certificates beside the bare cost of their keys and signatures and beside a row-by-row loop, in turns;
#   100,000 at once; the same 10,000 with 100,000 and with 1,000,000 certificates in the table.
# BENCH_WINDOWS (3) says how often each is measured, BENCH_CERTIFICATES (1000000) how large the table gets: 110000 at least.
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/load/lib/bench.sh"

largest=${BENCH_CERTIFICATES:-1000000}
[[ $largest =~ ^[0-9]+$ && $largest -ge 110000 ]] || fail "BENCH_CERTIFICATES=$largest: 110000 or more, for 100,000 are renewed beside 10,000"

# measure NAME COMMAND...: its line of JSON, with the CPU seconds that the instance spent meanwhile.
measure() {
  local result
  result=$(bench "${@:2}")
  note "$1: $(jq -r '"\(.seconds * 100 | round / 100) s"' <<<"$result")"
  echo "$result" >>"$results/$1"
}

begin_bench bulk "${1:-}"
build_bench
start_product
BENCH_PRODUCT_PID=$(recorded_pid "$state_dir/pids/AllInOne") BENCH_POSTGRESQL_PID=$(services postgres-pid)
export BENCH_PRODUCT_PID BENCH_POSTGRESQL_PID

seed 10000
step 'Warming up: two bulks'
bench bulk loadtest >/dev/null
bench bulk loadtest >/dev/null
step_done 'warm'
for ((number = 1; number <= BENCH_WINDOWS; number++)); do
  step "Round $number of $BENCH_WINDOWS"
  measure bare bare 10000
  measure ten_thousand bulk loadtest
  measure row_by_row row-by-row 10000
done
seed 110000
for ((number = 1; number <= BENCH_WINDOWS; number++)); do
  measure hundred_thousand bulk loadtest-scale
  measure ten_thousand_of_110000 bulk loadtest
done
memory=$(instance_memory)
if ((largest > 110000)); then
  seed "$largest"
  for ((number = 1; number <= BENCH_WINDOWS; number++)); do measure "ten_thousand_of_$largest" bulk loadtest; done
fi

median_of() { median .seconds "$results/$1"; }
jq -n --argjson bare "$(median_of bare)" --argjson ours "$(median_of ten_thousand)" --argjson loop "$(median_of row_by_row)" \
  --argjson many "$(median_of hundred_thousand)" --argjson beside "$(median_of ten_thousand_of_110000)" \
  --argjson most "$(median_of "ten_thousand_of_$largest")" --arg rows "$largest" --arg memory "$memory" '{
    bare: $bare, ten_thousand: $ours, row_by_row: $loop, hundred_thousand: $many, ten_thousand_of_110000: $beside, ten_thousand_of_most: $most,
    most: ($rows | tonumber), memory: $memory,
    to_bare: ($ours.seconds / $bare.seconds), to_row_by_row: ($loop.seconds / $ours.seconds),
    growth_tenfold: ($many.seconds / $ours.seconds), growth_of_table: ($most.seconds / $ours.seconds)}' >"$output"
jq -r '
  def s: . * 100 | round / 100;
  "", "medians of '"$BENCH_WINDOWS"'            seconds   CPU s: product  PostgreSQL",
  (["bare keys and signatures, 10,000", .bare], ["bulk of 10,000", .ten_thousand], ["row by row, 10,000", .row_by_row], ["bulk of 100,000", .hundred_thousand],
   ["bulk of 10,000 of 110,000", .ten_thousand_of_110000], ["bulk of 10,000 of \(.most)", .ten_thousand_of_most]
   | "\(.[0] + " " * (34 - (.[0] | length)))\(.[1].seconds | s)   \(.[1].cpu.product | s)  \(.[1].cpu.postgresql | s)"),
  "bulk of 10,000: \(.to_bare | s) times its bare keys and signatures; the row-by-row loop takes \(.to_row_by_row | s) times as long",
  "100,000 take \(.growth_tenfold | s) times as long as 10,000; with \(.most) certificates in the table 10,000 take \(.growth_of_table | s) times as long",
  "memory: \(.memory)"' "$output"
