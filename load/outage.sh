#!/usr/bin/env bash
# RabbitMQ killed in the middle of a heartbeat storm, on a fresh instance on this machine: load/outage.sh [result.json]
#   Every one of 5,000 agents beats, and RabbitMQ is killed while the last of them do; nobody beats for those afterwards, so that what
#   was answered with 202 just before must be found when RabbitMQ is back. 500 others beat on meanwhile. From RabbitMQ's return on it is
#   measured how long it takes until a storm keeps every strict limit again. OUTAGE_SECONDS (30) says how long it is away at least.
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/load/lib/bench.sh"

outage=${OUTAGE_SECONDS:-30}
[[ $outage =~ ^[0-9]+$ && $outage -ge 1 ]] || fail "OUTAGE_SECONDS=$outage: a whole number of seconds"
patience=60

# storm NAME option...: in the background, so not by the function driver, whose process would be a shell's.
storm() {
  "$state_dir/driver/Certctl.Load" agent-storm --warmup 0s --json "$results/$1.json" "${@:2}" >"$results/$1.txt" 2>&1 &
  record_pid "$results/$1.pid" $!
}

# What was refused while RabbitMQ was away fails a storm's own limits.
ended() {
  wait "$(recorded_pid "$results/$1.pid")" || true
  [[ -s $results/$1.json ]] || fail "a storm did not end: see $results/$1.txt"
}

begin_bench outage "${1:-}"
build_driver
start_product
seed 10000
CERTCTL_AGENT_TOKEN=$(cat -- "$state_dir/loadtest-agent-token")
export CERTCTL_AGENT_TOKEN

step '5,000 agents beat once in 30 s'
storm before --duration 30s --store-limit "$((outage + patience))s"
sleep 29
gone=$SECONDS
services stop-rabbitmq --hard
storm meanwhile --agents 500 --duration "$((outage + patience))s"
step_done 'RabbitMQ is killed'
step "500 of them beat on"
((SECONDS >= gone + outage)) || sleep "$((gone + outage - SECONDS))"
services start-rabbitmq
returned=$SECONDS
until driver agent-storm --agents 500 --strict --warmup 1s --duration 3s --json "$results/after.json" >"$results/after.txt" 2>&1; do
  ((SECONDS < returned + patience)) || fail "not back to normal after $patience s: see $results/after.txt"
done
recovered=$((SECONDS - returned))
step_done "away for $((returned - gone)) s; every strict limit holds again $recovered s after its return, the 4 s that this takes to see among them"
ended before
ended meanwhile
jq -n --slurpfile before "$results/before.json" --slurpfile meanwhile "$results/meanwhile.json" --slurpfile after "$results/after.json" \
  --argjson away "$((returned - gone))" --argjson recovered "$recovered" '
  def unstored: .facts["agents whose last heartbeat is not stored"];
  {away_seconds: $away, recovered_seconds: $recovered, not_stored: ($before[0] | unstored),
   not_stored_of_those_who_beat_on: (($meanwhile[0] | unstored) + ($after[0] | unstored)),
   meanwhile: ($meanwhile[0] | {attempts, failures, failure_reasons, wrong_answers}), p99_after_ms: $after[0].steps[0].p99_ms}' | tee "$output"
