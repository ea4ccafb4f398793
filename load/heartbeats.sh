#!/usr/bin/env bash
# Heartbeats through the queue against one UPDATE for each, and with 10,000, 100,000 and 1,000,000 agents in the table:
# load/heartbeats.sh [result.json]. BENCH_WARM_UP, BENCH_WINDOW (seconds), BENCH_WINDOWS, BENCH_CONNECTIONS and BENCH_AGENTS (the numbers
# of agents; none: 0) change the run. Fails where an answer was no 202, or one was not stored in the end.
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/load/lib/bench.sh"

ensure_tools wrk
begin_bench heartbeats "${1:-}"
build_bench
start_services_for_host
BENCH_RABBITMQ_PID=$(services rabbitmq-pid) BENCH_TOKEN=$(random_secret) BENCH_VIEWER_TOKEN=$(random_secret)
export BENCH_RABBITMQ_PID BENCH_TOKEN BENCH_VIEWER_TOKEN
export BENCH_SCRIPT=$repository/load/heartbeats.lua BENCH_URL=https://127.0.0.1:$CERTCTL_SERVER_PORT
export CERTCTL_API_KEYS_NAMED="bench:$BENCH_TOKEN:agent:ag-loadtest-,bench-viewer:$BENCH_VIEWER_TOKEN:viewer"
bench heartbeats "$output"
