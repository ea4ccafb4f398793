#!/usr/bin/env bash
# RabbitMQ away for 30 s in the middle of a heartbeat storm, on a fresh instance on this machine: load/outage.sh [result.json]
#   what was answered with 202 must be stored in the end, whenever it came; and from the return of RabbitMQ on it is measured how long it
#   takes until a storm of 3 s keeps every strict limit again. OUTAGE_SECONDS (30) says how long it is away.
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/load/lib/bench.sh"

outage=${OUTAGE_SECONDS:-30}
[[ $outage =~ ^[0-9]+$ && $outage -ge 1 ]] || fail "OUTAGE_SECONDS=$outage: a whole number of seconds"
before=15 patience=60

begin_bench outage "${1:-}"
build_driver
start_product
seed 10000
CERTCTL_AGENT_TOKEN=$(cat -- "$state_dir/loadtest-agent-token")
export CERTCTL_AGENT_TOKEN

step "Heartbeats of 5,000 agents; RabbitMQ goes after $before s, for $outage s"
driver agent-storm --warmup 5s --duration "$((before + outage + patience))s" --json "$results/storm.json" >"$results/storm.txt" 2>&1 &
record_pid "$results/storm.pid" $!
sleep "$before"
services stop-rabbitmq --hard
gone=$SECONDS
sleep "$((outage - (SECONDS - gone)))"
services start-rabbitmq
returned=$SECONDS
until driver agent-storm --strict --warmup 1s --duration 3s --json "$results/after.json" >"$results/after.txt" 2>&1; do
  ((SECONDS < returned + patience)) || fail "not back to normal after $patience s: see $results/after.txt"
done
recovered=$((SECONDS - returned))
step_done "back within every strict limit $recovered s after RabbitMQ's return, the 4 s that this takes to see among them"
# It fails its own limits, for what was refused meanwhile.
wait "$(recorded_pid "$results/storm.pid")" || true
[[ -s $results/storm.json ]] || fail "the storm did not end: see $results/storm.txt"
jq -n --slurpfile storm "$results/storm.json" --slurpfile after "$results/after.json" --argjson outage "$outage" --argjson recovered "$recovered" '{
    outage_seconds: $outage, recovered_seconds: $recovered, sent: $storm[0].attempts, refused: $storm[0].failures,
    failure_reasons: $storm[0].failure_reasons, wrong_answers: $storm[0].wrong_answers,
    not_stored: ($storm[0].facts["agents whose last heartbeat is not stored"] + $after[0].facts["agents whose last heartbeat is not stored"]),
    p99_after_ms: $after[0].steps[0].p99_ms}' | tee "$output"
