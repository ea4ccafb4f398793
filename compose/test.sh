#!/usr/bin/env bash
# The tests, with a PostgreSQL and a RabbitMQ of their own: compose/test.sh [slow | fuzz]. Reads only CERTCTL_TEST_* from the environment.
# What starts and stops whole fleets, takes services away or waits for minutes runs with "slow" alone, and a round of the fault suite;
# "fuzz" is every fuzzer with 100,000 inputs (CERTCTL_TEST_FUZZ).
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/compose/lib/say.sh"
. "$repository/compose/lib/dotnet.sh"
. "$repository/compose/lib/packages.sh"

# What is set for a running instance must not lead the tests to it.
forget_other_settings() {
  local name
  for name in $(compgen -v CERTCTL_); do
    [[ $name == CERTCTL_TEST_* ]] || unset "$name"
  done
}

services() { "$repository/compose/services.sh" "$1" --state "$CERTCTL_TEST_STATE_DIR" "${@:2}"; }

# Ports below those that outgoing connections are given: one of them may hold any other the moment a service wants it.
start_services() {
  # A run that was killed may have left its database: every run starts from nothing.
  services wipe
  CERTCTL_EPMD_PORT=${CERTCTL_TEST_EPMD_PORT:-} \
    CERTCTL_DATABASE_URL=${CERTCTL_TEST_DATABASE_URL:-} CERTCTL_RABBITMQ_URL=${CERTCTL_TEST_RABBITMQ_URL:-} \
    services start --pg-port "${CERTCTL_TEST_PG_PORT:-25442}" --amqp-port "${CERTCTL_TEST_AMQP_PORT:-25682}"
  CERTCTL_TEST_DATABASE_URL=$(services postgres-url)
  CERTCTL_TEST_RABBITMQ_URL=$(services rabbitmq-url)
  # For tests that take PostgreSQL or RabbitMQ away for a while:
  # "$CERTCTL_TEST_SERVICES" stop-postgres --state "$CERTCTL_TEST_STATE_DIR"
  CERTCTL_TEST_SERVICES=$repository/compose/services.sh
  export CERTCTL_TEST_DATABASE_URL CERTCTL_TEST_RABBITMQ_URL CERTCTL_TEST_SERVICES
}

# The dashboard is looked at in Debian's own browser.
ensure_browser() {
  state_dir=$CERTCTL_TEST_STATE_DIR
  mkdir -p -- "$state_dir/logs"
  [[ -x /usr/bin/chromium && -x /usr/bin/chromedriver ]] || install_packages '' chromium chromium-driver
}

build() {
  step 'Building'
  dotnet build "$repository/Certctl.sln" -c Release --nologo -v q -clp:NoSummary
  step_done 'built'
}

# One attribute of the report's assembly element.
count() { sed -nE "s/.*<assembly [^>]*\b$2=\"([0-9]+)\".*/\1/p" "$1" | head -n 1; }

# What failed, the first of it again at the end, where a log that is cut still shows it: a report's failed tests with the start of what
# each said.
failures() {
  perl -CSD -0777 -ne 'while (/<test [^>]*\bname="([^"]*)"[^>]*\bresult="Fail"[^>]*>.*?<message>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?<\/message>/sg) {
    my ($name, $message) = ($1, substr($2, 0, 300)); $message =~ s/\s+/ /g;
    for ($name, $message) { s/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/&/g } print "failed: $name: $message\n" }' "$1"
}

# run_project PROJECT FILTER...: without a report (it crashed, hung or found no test) it counts as one failure.
run_project() {
  local project=$1 report=$results/$1.xml status=0
  step "Running $project"
  # timeout puts the run into a process group of its own, which Ctrl-C does not reach: stop_run does.
  timeout -k 10 "${CERTCTL_TEST_TIMEOUT:-540}" dotnet test --project "$repository/tests/$project" -c Release --no-build \
    --results-directory "$results" --report-xunit-xml --report-xunit-xml-filename "$project.xml" "${@:2}" </dev/null &
  run=$!
  wait "$run" || status=$?
  run=''
  if [[ ! -s $report || ! $(count "$report" total) ]]; then
    note "$project gave no report (exit code $status)"
    echo "failed: $project: no report (exit code $status)" >>"$results/failures"
    failed=$((failed + 1))
    return
  fi
  local errors
  errors=$(count "$report" errors)
  passed=$((passed + $(count "$report" passed)))
  failed=$((failed + $(count "$report" failed) + errors))
  skipped=$((skipped + $(count "$report" skipped)))
  # Says no, yet names no failed test: a clean-up or the runner itself failed.
  if ((status != 0 && failed == 0)); then failed=1; fi
  failures "$report" >>"$results/failures" || true
  if ((errors > 0)); then echo "failed: $project: $errors errors outside of tests" >>"$results/failures"; fi
  step_done "$project: exit code $status"
}

# One short round of the fault suite, on a PostgreSQL and a RabbitMQ of its own, with what was built above. Counts as one test.
run_chaos_round() {
  local status=0
  step 'Running a round of the fault suite'
  CERTCTL_CHAOS_STATE_DIR=$CERTCTL_TEST_STATE_DIR/chaos CERTCTL_CHAOS_BUILT=yes CERTCTL_CHAOS_PORT=${CERTCTL_TEST_CHAOS_PORT:-} \
    CERTCTL_CHAOS_PG_PORT=${CERTCTL_TEST_CHAOS_PG_PORT:-} CERTCTL_CHAOS_AMQP_PORT=${CERTCTL_TEST_CHAOS_AMQP_PORT:-} \
    timeout -k 30 "${CERTCTL_TEST_TIMEOUT:-540}" "$repository/compose/chaos.sh" --short </dev/null &
  run=$!
  wait "$run" || status=$?
  run=''
  if ((status == 0)); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "failed: the fault suite (exit code $status)" >>"$results/failures"
  fi
  step_done "the fault suite: exit code $status"
}

stop_run() {
  trap '' INT TERM
  if [[ $run ]]; then
    kill -s TERM "$run" || true
    wait "$run" || true
  fi
  exit 130
}

clean_up() {
  local status=$?
  trap '' INT TERM
  services wipe >/dev/null || status=1
  [[ ! -s $results/failures ]] || head -n 20 -- "$results/failures"
  [[ ! ${summary:-} ]] || echo "$summary"
  exit "$status"
}

forget_other_settings
cd -- "$repository"
export CERTCTL_TEST_STATE_DIR
CERTCTL_TEST_STATE_DIR=$(realpath -m -- "${CERTCTL_TEST_STATE_DIR:-.certctl-test}")
results=$CERTCTL_TEST_STATE_DIR/results
rm -rf -- "$results"
mkdir -p -- "$results"
passed=0 failed=0 skipped=0 run=''

ensure_browser
trap clean_up EXIT
trap stop_run INT TERM
start_services
build
slow=()
for name in Recovery Secrets Outages Backpressure; do slow+=("Certctl.IntegrationTests.$name"); done
case ${1:-} in
  '')
    run_project UnitTests
    run_project IntegrationTests --filter-not-namespace "${slow[@]}"
    ;;
  fuzz)
    export CERTCTL_TEST_FUZZ=${CERTCTL_TEST_FUZZ:-100000}
    run_project UnitTests --filter-class "*FuzzTests"
    run_project IntegrationTests --filter-class "*FuzzTests"
    ;;
  slow)
    run_project IntegrationTests --filter-namespace "${slow[@]}"
    run_chaos_round
    ;;
esac
summary="$passed passed, $failed failed, $skipped skipped"
((failed == 0 && passed > 0)) || exit 1
