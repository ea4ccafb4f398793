#!/usr/bin/env bash
# Every performance figure beside its baseline and its target, in one run on this machine: make bench. About 45 minutes.
# Writes load/results/bench.json and prints a table; each part is a script of its own, see load/README.md. The exit code is 1 when a
# part failed or a figure missed its target. BENCH_PARTS names what is measured; BENCH_WINDOWS (3), BENCH_WINDOW (12) and BENCH_WARM_UP
# (30), in seconds, say how long. BENCH_HUGE_PAGES=1, as root, gives PostgreSQL huge pages meanwhile.
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/compose/lib/say.sh"
. "$repository/compose/lib/state.sh"
. "$repository/compose/lib/packages.sh"

results=$repository/load/results
read -ra parts <<<"${BENCH_PARTS:-heartbeats outage nonces bulk workers acme-signed}"
for part in "${parts[@]}"; do
  case $part in
    heartbeats | outage | nonces | bulk | workers | acme-signed) ;;
    *) fail "no such part: $part" ;;
  esac
done
use_state "${CERTCTL_LOAD_STATE_DIR:-$repository/.certctl-load}"
mkdir -p -- "$results"
ensure_tools jq

failed=()
for part in "${parts[@]}"; do
  rm -f -- "$results/$part.json"
  "$repository/load/$part.sh" "$results/$part.json" || failed+=("$part")
done
for part in "${parts[@]}"; do
  if [[ -s $results/$part.json ]]; then jq --arg part "$part" '{($part): .}' "$results/$part.json"; else jq -n --arg part "$part" '{($part): {}}'; fi
done | jq -s --arg commit "$(git -C "$repository" rev-parse --short HEAD)" --arg date "$(date -u +%FT%TZ)" --arg cores "$(nproc)" \
  --arg dotnet "$(dotnet --version)" --arg huge_pages "${BENCH_HUGE_PAGES:-0}" \
  '{commit: $commit, date: $date, cores: ($cores | tonumber), dotnet: $dotnet, huge_pages: ($huge_pages != "0")} + add' >"$results/bench.json"

missed=0
jq -rf "$repository/load/targets.jq" "$results/bench.json" | tee "$results/bench.txt"
! grep -q 'MISSED$' "$results/bench.txt" || missed=1
note "$results/bench.json"
((${#failed[@]} == 0)) || fail "failed: ${failed[*]}"
((missed == 0)) || fail 'a figure missed its target'
