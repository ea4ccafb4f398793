#!/usr/bin/env bash
# Load scenarios against the instance of the state folder; one is started when none runs, and goes on running afterwards.
# load/loadtest.sh NAME...; DURATION=20s, RATE= (arrivals a second) and STRICT=1 change each of them. What was measured is in
# load/results. The exit code is 1 when a threshold was missed.
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/compose/lib/say.sh"
. "$repository/compose/lib/state.sh"
. "$repository/compose/lib/dotnet.sh"
. "$repository/compose/lib/packages.sh"
. "$repository/compose/lib/instance.sh"
. "$repository/load/lib/driver.sh"

results=$repository/load/results

usage() {
  echo 'usage: load/loadtest.sh bulk|saturate|acme|limit|signed|agent|reconnect|api ... (see load/README.md)' >&2
  exit 2
}

# What the driver is told for a name here.
options_of() {
  case $1 in
    bulk) scenario=(bulk-renewal) ;;
    saturate) scenario=(bulk-renewal --saturate) ;;
    acme) scenario=(acme-burst) ;;
    limit) scenario=(acme-burst --expect-limit) ;;
    # A profile without limits of an account.
    signed) scenario=(acme-signed --directory "${CERTCTL_ACME_DIRECTORY/prof-test/prof-burst}") ;;
    agent) scenario=(agent-storm) ;;
    reconnect) scenario=(agent-reconnect) ;;
    api) scenario=(api) ;;
    *) usage ;;
  esac
  [[ ! ${DURATION:-} ]] || scenario+=(--duration "$DURATION")
  [[ ! ${RATE:-} ]] || scenario+=(--rate "$RATE")
  [[ ${STRICT:-} != 1 ]] || scenario+=(--strict)
}

# Brings the fixtures, and the instance where there is none; then this shell is a user of it.
use_instance() {
  "$repository/compose/run.sh" seed-scale
  # shellcheck source=/dev/null
  . "$state_dir/env"
  CERTCTL_AGENT_TOKEN=$(cat -- "$state_dir/loadtest-agent-token")
  export CERTCTL_AGENT_TOKEN
}

measure() {
  options_of "$1"
  driver "${scenario[@]}" --json "$results/$1.json" --html "$results/$1.html" | tee "$results/$1.txt"
}

# An instance of its own, which limits an address and is gone afterwards: what others use has no such limit. In a subshell.
measure_limit() {
  forget_settings CERTCTL_LOAD_
  trap 'status=$?; stop_claimed >/dev/null || status=1; exit "$status"' EXIT
  claim_instance "${CERTCTL_LOAD_STATE_DIR:-$repository/.certctl-load}" 18443 18080 "${CERTCTL_LOAD_PG_PORT:-25452}" "${CERTCTL_LOAD_AMQP_PORT:-25712}" || exit 1
  export CERTCTL_ACME_SERVER_RATE_LIMIT_PER_ADDRESS_PER_MINUTE=600
  start_claimed
  # shellcheck source=/dev/null
  . "$CERTCTL_STATE_DIR/env"
  measure limit
}

(($#)) || usage
# Whether each is a name, before anything is started.
CERTCTL_ACME_DIRECTORY=''
for name in "$@"; do options_of "$name"; done
use_state ''
[[ "$*" == limit ]] || use_instance
build_driver
mkdir -p -- "$results"
missed=()
for name in "$@"; do
  step "$name"
  if [[ $name == limit ]]; then
    (measure_limit) || missed+=("$name")
  else
    measure "$name" || missed+=("$name")
  fi
  step_done "load/results/$name.html"
done
((${#missed[@]} == 0)) || fail "missed a threshold: ${missed[*]}"
