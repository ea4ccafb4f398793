#!/usr/bin/env bash
# The product on this machine, as one process or as the fleet's four, in the foreground or in the background.
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/compose/lib/say.sh"
. "$repository/compose/lib/pidfile.sh"
. "$repository/compose/lib/state.sh"
. "$repository/compose/lib/packages.sh"
. "$repository/compose/lib/dotnet.sh"
. "$repository/compose/lib/settings.sh"
. "$repository/compose/lib/processes.sh"

fleet=(Api AcmeService RenewalWorker HeartbeatIngest)
everything=(AllInOne "${fleet[@]}")

services() { "$repository/compose/services.sh" "$1" --state "$state_dir"; }

read_service_urls() {
  postgres_url=$(services postgres-url)
  rabbitmq_url=$(services rabbitmq-url)
}

running_names() {
  local name
  for name in "${everything[@]}"; do ! is_running "$name" || echo "$name"; done
}

# Sets mode (one or fleet) and members; a running instance keeps what it is.
choose_mode() {
  local wanted=$1 running
  running=$(running_names)
  mode=$wanted
  if [[ $running == AllInOne ]]; then
    [[ $wanted == one ]] || fail 'the instance runs as one process: make down first'
  elif [[ $running ]]; then
    mode=fleet
  fi
  members=(AllInOne)
  if [[ $mode == fleet ]]; then members=("${fleet[@]}"); fi
}

# Beside a part that runs, the services are those that it was started with; else the caller's variables choose.
start_services() {
  if [[ $(running_names) ]]; then
    services start-postgres
    services start-rabbitmq
  else
    services start
  fi
  read_service_urls
}

start_instance() {
  local name missing=()
  for name in "${members[@]}"; do is_running "$name" || missing+=("$name"); done
  settle_addresses
  start_services
  make_secrets
  write_user_environment
  if ((${#missing[@]})); then
    publish "${missing[@]}"
    step "Starting ${missing[*]}"
    for name in "${missing[@]}"; do start_process "$name"; done
    await_ready "${missing[@]}"
    step_done 'healthy'
  else
    await_ready "${members[@]}"
  fi
  print_welcome
}

stop_instance() {
  step 'Stopping certctl, RabbitMQ and PostgreSQL'
  stop_processes "${everything[@]}"
  services stop
  step_done 'stopped'
}

# In the foreground: until Ctrl-C, or until nothing is left running.
run_foreground() {
  if [[ $(running_names) ]] || is_running runner; then
    fail "an instance runs already ($state_dir): make down stops it"
  fi
  lock_starts
  choose_mode "$1"
  record_pid "$(pid_file runner)" $$
  trap stop_on_signal INT TERM HUP
  trap stop_on_error EXIT
  start_instance
  exec 9>&-
  watch_members
  fail 'every process of the product has ended'
}

stop_on_signal() {
  trap '' INT TERM HUP
  trap - EXIT
  echo
  stop_instance
  exit 0
}

stop_on_error() {
  local status=$?
  trap '' INT TERM HUP
  stop_instance
  exit "$status"
}

# Looks every second instead of waiting for children: a member that make up started again is not this script's child.
watch_members() {
  local name before=("${members[@]}") alive
  while ((${#before[@]})); do
    sleep 1
    mapfile -t alive < <(running_names)
    for name in "${before[@]}"; do
      [[ " ${alive[*]} " == *" $name "* ]] || report_end "$name" "${alive[*]}"
    done
    before=("${alive[@]}")
  done
}

report_end() {
  local status=0
  show_log_end "$(process_log "$1")"
  wait "$(process_id "$1")" 2>/dev/null || status=$?
  # 127: another script's child, whose exit code only that one could see.
  printf 'error: %s ended%s\n' "$1" "$( ((status == 127)) || echo " with exit code $status")" >&2
  [[ ! $2 ]] || note "still running: $2 (make up FLEET=1 starts what is missing)"
}

lock_starts() {
  exec 9>"$state_dir/up.lock"
  flock -w 600 9 || fail 'another start of this instance goes on'
}

up() {
  local wanted=one
  [[ ${FLEET:-0} != 1 ]] || wanted=fleet
  lock_starts
  choose_mode "$wanted"
  start_instance
}

down() {
  if is_running runner; then
    kill -s TERM "$(process_id runner)"
    within 90 is_stopped runner || note 'the foreground run did not end: stopping what it started'
  fi
  stop_instance
}

seed_scale() {
  local file name address password size='' files=("$repository"/load/seed/*.sql)
  [[ -e ${files[0]} ]] || fail 'there is no load/seed/*.sql'
  for name in CERTIFICATES AGENTS; do
    [[ ${!name:-} ]] || continue
    [[ ${!name} =~ ^[0-9]+$ ]] || fail "$name=${!name}: a whole number"
    size+=" -c loadtest.${name,,}=${!name}"
  done
  [[ $(running_names) ]] || up
  read_service_urls
  command -v psql >/dev/null || install_packages '' postgresql-client
  # A command line is everybody's to read: the password goes through the environment.
  read -r address password < <(split_password "$postgres_url")
  for file in "${files[@]}"; do
    step "Applying ${file#"$repository/"}"
    PGPASSWORD=$password PGOPTIONS=${PGOPTIONS:-}$size psql -X -q -1 -v ON_ERROR_STOP=1 -d "$address" -f "$file"
    step_done 'applied'
  done
  # As tables at rest are; else autovacuum does it, some minutes into a measurement.
  step 'Vacuuming'
  PGPASSWORD=$password psql -X -q -d "$address" -c 'VACUUM managed_certificates, agents, agent_liveness'
  step_done 'vacuumed'
}

use_state ''
case ${1:-} in
  run) run_foreground one ;;
  run-fleet) run_foreground fleet ;;
  up | down) "$1" ;;
  seed-scale) seed_scale ;;
  *)
    echo 'usage: compose/run.sh run|run-fleet|up|down|seed-scale (see make help)' >&2
    exit 2
    ;;
esac
