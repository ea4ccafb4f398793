#!/usr/bin/env bash
# Load scenarios against the instance of the state folder; one is started when none runs, and goes on running afterwards.
# load/loadtest.sh NAME...; DURATION=20s, RATE= (arrivals a second) and STRICT=1 change each of them. What was measured is in
# load/results. The exit code is 1 when a threshold was missed.
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/compose/lib/say.sh"
. "$repository/compose/lib/state.sh"
. "$repository/compose/lib/dotnet.sh"

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
    # The instance must have been started with CERTCTL_ACME_SERVER_RATE_LIMIT_PER_ADDRESS_PER_MINUTE.
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

build_driver() {
  step 'Building the load driver'
  dotnet publish "$repository/load/Driver" -c Release --nologo -v q --use-current-runtime --self-contained false -p:PublishReadyToRun=true \
    -o "$state_dir/driver" >"$state_dir/logs/driver.log" || fail "see $state_dir/logs/driver.log"
  step_done 'built'
}

(($#)) || usage
CERTCTL_ACME_DIRECTORY=''
for name in "$@"; do options_of "$name"; done
use_state ''
# Brings the fixtures, and the instance where there is none.
"$repository/compose/run.sh" seed-scale
# shellcheck source=/dev/null
. "$state_dir/env"
CERTCTL_AGENT_TOKEN=$(cat -- "$state_dir/loadtest-agent-token")
export CERTCTL_AGENT_TOKEN
build_driver
mkdir -p -- "$results"
missed=()
for name in "$@"; do
  step "$name"
  options_of "$name"
  "$state_dir/driver/Certctl.Load" "${scenario[@]}" --json "$results/$name.json" --html "$results/$name.html" | tee "$results/$name.txt" || missed+=("$name")
  step_done "load/results/$name.html"
done
((${#missed[@]} == 0)) || fail "missed a threshold: ${missed[*]}"
