#!/usr/bin/env bash
# Heartbeats through the queue against one UPDATE for each: load/heartbeats.sh [result.json]
# Needs wrk, and in the environment CERTCTL_DATABASE_URL and CERTCTL_RABBITMQ_URL of services on this machine that nothing
# else uses meanwhile. BENCH_WARM_UP, BENCH_WINDOW (seconds), BENCH_WINDOWS and BENCH_CONNECTIONS change the run.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
output=${1:-$here/results/heartbeats.json}
: "${CERTCTL_DATABASE_URL:?}" "${CERTCTL_RABBITMQ_URL:?}"
command -v wrk >/dev/null || { echo "wrk is not installed" >&2; exit 1; }
mkdir -p "$(dirname "$output")"

if [[ -z ${BENCH_RABBITMQ_PID:-} ]]; then
  amqp_port=$(sed -E 's#.*:([0-9]+)(/.*)?$#\1#' <<<"$CERTCTL_RABBITMQ_URL")
  BENCH_RABBITMQ_PID=$(ss -ltnpH "sport = :$amqp_port" | sed -nE 's/.*pid=([0-9]+).*/\1/p' | head -n 1)
  [[ -n $BENCH_RABBITMQ_PID ]] || { echo "who listens on $amqp_port? set BENCH_RABBITMQ_PID" >&2; exit 1; }
fi

random() { head -c 24 /dev/urandom | base64 | tr -d '+/='; }
export BENCH_RABBITMQ_PID BENCH_SCRIPT=$here/heartbeats.lua
BENCH_TOKEN=$(random) BENCH_VIEWER_TOKEN=$(random)
export BENCH_TOKEN BENCH_VIEWER_TOKEN
export CERTCTL_SERVER_PORT=${CERTCTL_SERVER_PORT:-8443}
export BENCH_URL=https://127.0.0.1:$CERTCTL_SERVER_PORT
export CERTCTL_API_KEYS_NAMED="bench:$BENCH_TOKEN:agent:ag-loadtest-,bench-viewer:$BENCH_VIEWER_TOKEN:viewer"
CERTCTL_CONFIG_ENCRYPTION_KEY=${CERTCTL_CONFIG_ENCRYPTION_KEY:-$(random)$(random)}
export CERTCTL_CONFIG_ENCRYPTION_KEY

CERTCTL_STATE_DIR=$(mktemp -d)
export CERTCTL_STATE_DIR
trap 'rm -rf -- "$CERTCTL_STATE_DIR"' EXIT

dotnet build "$here/Bench" -c Release -v q --nologo --disable-build-servers
"$here/Bench/bin/Release/net10.0/Certctl.Bench" heartbeats "$output"
