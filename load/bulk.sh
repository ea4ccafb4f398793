#!/usr/bin/env bash
# Bulk renewals of a fresh instance on this machine: load/bulk.sh [result.json]
#   10,000 certificates beside the bare cost of their keys and signatures, in turns, then by a row-by-row loop;
#   100,000 at once; the same 10,000 with 100,000 and with 1,000,000 certificates in the table.
# BENCH_WINDOWS (3) says how often each is measured, BENCH_CERTIFICATES (1000000) how large the table gets: 110000 at least; 10000 leaves
# out the larger tables. Bulks run for BENCH_WARM_UP (30) seconds before the first that counts.
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/load/lib/bench.sh"

largest=${BENCH_CERTIFICATES:-1000000}
[[ $largest =~ ^[0-9]+$ && ($largest -eq 10000 || $largest -ge 110000) ]] ||
  fail "BENCH_CERTIFICATES=$largest: 110000 or more, for 100,000 are renewed beside 10,000, or 10000"

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
step "Warming up: bulks for $BENCH_WARM_UP s"
warm_at=$((SECONDS + BENCH_WARM_UP))
while ((SECONDS < warm_at)); do bench bulk loadtest >/dev/null; done
step_done 'warm'
for ((number = 1; number <= BENCH_WINDOWS; number++)); do
  step "Round $number of $BENCH_WINDOWS"
  measure bare bare 10000
  measure ten_thousand bulk loadtest
done
for ((number = 1; number <= BENCH_WINDOWS; number++)); do measure row_by_row row-by-row 10000; done
if ((largest > 10000)); then
  seed 110000
  for ((number = 1; number <= BENCH_WINDOWS; number++)); do
    measure hundred_thousand bulk loadtest-scale
    measure ten_thousand_of_110000 bulk loadtest
  done
fi
memory=$(instance_memory)
if ((largest > 110000)); then
  seed "$largest"
  for ((number = 1; number <= BENCH_WINDOWS; number++)); do measure "ten_thousand_of_$largest" bulk loadtest; done
fi

# A measurement's run with the middle time, whole; null where it was left out.
median_of() { if [[ -e $results/$1 ]]; then median .seconds "$results/$1"; else echo null; fi; }
# Of each round, whose two runs are next to each other: the machine's speed changes from round to round.
to_bare=$(paste -d' ' "$results/ten_thousand" "$results/bare" | jq -s '[_nwise(2) | .[0].seconds / .[1].seconds] | sort | .[(length - 1) / 2 | floor]')
jq -n --argjson bare "$(median_of bare)" --argjson ours "$(median_of ten_thousand)" --argjson loop "$(median_of row_by_row)" \
  --argjson many "$(median_of hundred_thousand)" --argjson beside "$(median_of ten_thousand_of_110000)" \
  --argjson most "$(median_of "ten_thousand_of_$largest")" --argjson to_bare "$to_bare" --arg rows "$largest" --arg memory "$memory" '{
    bare: $bare, ten_thousand: $ours, row_by_row: $loop, hundred_thousand: $many, ten_thousand_of_110000: $beside, ten_thousand_of_most: $most,
    most: ($rows | tonumber), memory: $memory,
    to_bare: $to_bare, to_row_by_row: ($loop.seconds / $ours.seconds),
    growth_tenfold: (if $many then $many.seconds / $ours.seconds else null end),
    growth_of_table: (if $most then $most.seconds / $ours.seconds else null end)}' >"$output"
jq -r '
  def s: . * 100 | round / 100;
  "", "medians of '"$BENCH_WINDOWS"'            seconds   CPU s: product  PostgreSQL",
  (["bare keys and signatures, 10,000", .bare], ["bulk of 10,000", .ten_thousand], ["row by row, 10,000", .row_by_row], ["bulk of 100,000", .hundred_thousand],
   ["bulk of 10,000 of 110,000", .ten_thousand_of_110000], ["bulk of 10,000 of \(.most)", .ten_thousand_of_most]
   | select(.[1]) | "\(.[0] + " " * (34 - (.[0] | length)))\(.[1].seconds | s)   \(.[1].cpu.product | s)  \(.[1].cpu.postgresql | s)"),
  "bulk of 10,000: \(.to_bare | s) times its bare keys and signatures; the row-by-row loop takes \(.to_row_by_row | s) times as long",
  if .growth_tenfold == null then empty else "100,000 take \(.growth_tenfold | s) times as long as 10,000; with \(.most) certificates in the table 10,000 take \(.growth_of_table | s) times as long" end,
  "memory: \(.memory)"' "$output"
