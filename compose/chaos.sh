#!/usr/bin/env bash
# The fault suite: the fleet's four processes on a PostgreSQL and a RabbitMQ of their own, broken under load; then the books are
# checked. compose/chaos.sh [--rounds N] [--seed S] [--faults NAME,NAME] [--short] [--keep-going]; docs/operator/chaos.md says what is broken.
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/compose/lib/say.sh"
. "$repository/compose/lib/instance.sh"
. "$repository/compose/lib/pidfile.sh"
. "$repository/compose/lib/state.sh"
. "$repository/compose/lib/processes.sh"
. "$repository/compose/lib/dotnet.sh"

services() { "$repository/compose/services.sh" "$@" --state "$CERTCTL_STATE_DIR"; }

stop_run() {
  trap '' INT TERM
  if [[ $run ]]; then
    kill -s TERM "$run" || true
    wait "$run" || true
  fi
  exit 130
}

# After a failure the logs stay, PostgreSQL's and RabbitMQ's among them.
clean_up() {
  local status=$?
  trap '' INT TERM
  if ((status != 0)); then
    cp -- "$private_dir/postgres/server.log" "$CERTCTL_STATE_DIR/logs/postgres-server.log" 2>/dev/null || true
    cp -- "$private_dir/rabbitmq/log/"*.log "$CERTCTL_STATE_DIR/logs/" 2>/dev/null || true
  fi
  services wipe >/dev/null || status=1
  exit "$status"
}

forget_settings CERTCTL_CHAOS_
# The suite asks its processes itself.
base_url='' acme_url='' run=''
claim_instance "${CERTCTL_CHAOS_STATE_DIR:-$repository/.certctl-chaos}" "${CERTCTL_CHAOS_PORT:-20443}" "${CERTCTL_CHAOS_PKI_PORT:-20080}" \
  "${CERTCTL_CHAOS_PG_PORT:-25482}" "${CERTCTL_CHAOS_AMQP_PORT:-25762}"
use_state "$CERTCTL_STATE_DIR"
rm -f -- "$CERTCTL_STATE_DIR/ca.pem" "$CERTCTL_STATE_DIR"/logs/*.log
# The fleet as make run-fleet has it, compiled ahead of time; within make test it is what the solution's build has made.
if [[ ! ${CERTCTL_CHAOS_BUILT:-} ]]; then
  publish Api AcmeService RenewalWorker HeartbeatIngest
  export CERTCTL_CHAOS_APP=$state_dir/app
  dotnet build "$repository/tests/Chaos" -c Release --nologo -v q -clp:NoSummary
fi
trap clean_up EXIT
trap stop_run INT TERM
services start --private
"$repository/tests/Chaos/bin/Release/net10.0/Certctl.Chaos" "$@" &
run=$!
status=0
wait "$run" || status=$?
run=''
((status == 0)) || exit "$status"
