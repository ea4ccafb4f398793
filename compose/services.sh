#!/usr/bin/env bash
# PostgreSQL and RabbitMQ of one instance: the caller's own (by URL), containers, or private processes.
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/compose/lib/say.sh"
. "$repository/compose/lib/pidfile.sh"
. "$repository/compose/lib/state.sh"
. "$repository/compose/lib/packages.sh"
. "$repository/compose/lib/postgres.sh"
. "$repository/compose/lib/rabbitmq.sh"
. "$repository/compose/lib/docker.sh"

# What `start` found or started last. Kinds are given (the caller's own), docker, private.
load_services() {
  postgres_kind='' postgres_url='' postgres_port='' rabbitmq_kind='' rabbitmq_url='' rabbitmq_port=''
  rabbitmq_management_port='' rabbitmq_dist_port='' rabbitmq_epmd_port='' data_of=''
  # shellcheck source=/dev/null
  [[ ! -e $state_dir/services ]] || . "$state_dir/services"
}

save_services() {
  local name
  for name in postgres_kind postgres_url postgres_port rabbitmq_kind rabbitmq_url rabbitmq_port \
    rabbitmq_management_port rabbitmq_dist_port rabbitmq_epmd_port data_of; do
    printf '%s=%q\n' "$name" "${!name}"
  done | write_secret "$state_dir/services"
}

usage() {
  cat <<'USAGE'
usage: compose/services.sh COMMAND [--state DIR] [options]
  start              find or start both; what is used is written to DIR/services
  stop               stop what start started
  status             one line for each: kind, state, where
  postgres-url, rabbitmq-url
  start-postgres, stop-postgres, start-rabbitmq, stop-rabbitmq
                     one of them, after a first start; --hard stops it as a crash would
  postgres-pid, rabbitmq-pid
                     the private one's process id; 0 when it does not run
  rabbitmqctl ...    RabbitMQ's own command line, on the private node
  wipe               stop, and delete their data
options of start: --private (processes of its own, whatever else is there), --database-url URL, --rabbitmq-url URL, --pg-port N, --amqp-port N (management is N+8)
USAGE
}

read_options() {
  command=${1:-}
  shift || true
  local state=''
  database_url=${CERTCTL_DATABASE_URL:-} broker_url=${CERTCTL_RABBITMQ_URL:-}
  pg_port=${CERTCTL_PG_PORT:-55432} amqp_port=${CERTCTL_AMQP_PORT:-55672} hard='' only_private='' arguments=()
  while (($#)); do
    case $1 in
      --state) state=$2 ;;
      --database-url) database_url=$2 ;;
      --rabbitmq-url) broker_url=$2 ;;
      --pg-port) pg_port=$2 ;;
      --amqp-port) amqp_port=$2 ;;
      --hard)
        hard=yes
        shift
        continue
        ;;
      --private)
        only_private=yes
        shift
        continue
        ;;
      *)
        if [[ $command == rabbitmqctl ]]; then
          arguments=("$@")
          break
        fi
        fail "unknown option $1 (see compose/services.sh help)"
        ;;
    esac
    shift 2
  done
  use_state "$state"
  load_services
}

# The place of the data follows from the state folder's path: one that was moved or copied would begin with an empty database
# under a key that belongs to another.
refuse_moved_state() {
  [[ ${data_of:-$instance} != "$instance" ]] || return 0
  if [[ $postgres_kind == docker || $rabbitmq_kind == docker ]]; then
    fail "$state_dir was moved or copied; its data are in the Docker volumes certctl-${data_of}_*: move it back, or delete" \
      "the state folder to begin with an empty database"
  fi
  local former=${private_dir%/*}/$data_of
  ((EUID == 0)) && [[ -d $former ]] || return 0
  fail "$state_dir was moved or copied; its data are in $former. Moved: mv $former $private_dir." \
    "Copied: delete the state folder to begin with an empty database"
}

# choose URL PORT RECORDED_URL RECORDED_KIND: once chosen it stays docker or private, because that is where the data are.
choose() {
  if [[ $only_private ]]; then
    echo private
  elif [[ $1 ]] && ! names_private_instance "$@"; then
    echo given
  elif [[ $4 == private ]]; then
    echo private
  elif docker_answers; then
    echo docker
  elif [[ $4 == docker ]]; then
    fail "the data of this instance are in Docker volumes (certctl-${instance}_*) and no Docker engine answers: start Docker," \
      "or delete $state_dir/services to begin with an empty database"
  else
    echo private
  fi
}

start() {
  ensure_tools openssl curl
  refuse_moved_state
  postgres_kind=$(choose "$database_url" "$pg_port" "$postgres_url" "$postgres_kind")
  rabbitmq_kind=$(choose "$broker_url" "$amqp_port" "$rabbitmq_url" "$rabbitmq_kind")
  [[ $postgres_kind != private && $rabbitmq_kind != private ]] || set_orphan_aside
  data_of=$instance
  # What runs already keeps its ports.
  if [[ $postgres_kind != private ]] || ! private_postgres_runs; then postgres_port=$pg_port; fi
  if [[ $rabbitmq_kind != private ]] || ! rabbitmq_process_runs rabbitmq; then
    rabbitmq_port=$amqp_port
    rabbitmq_management_port=${CERTCTL_AMQP_MANAGEMENT_PORT:-$((amqp_port + 8))}
    rabbitmq_dist_port=$((amqp_port + 1))
    rabbitmq_epmd_port=${CERTCTL_EPMD_PORT:-$((amqp_port + 2))}
  fi
  postgres_url=postgres://certctl:$(service_password)@127.0.0.1:$postgres_port/certctl
  rabbitmq_url=amqp://certctl:$(service_password)@127.0.0.1:$rabbitmq_port
  [[ $postgres_kind != given ]] || postgres_url=$database_url
  [[ $rabbitmq_kind != given ]] || rabbitmq_url=$broker_url
  save_services
  start_one postgres
  start_one rabbitmq
}

start_one() {
  local kind=$1_kind
  case ${!kind} in
    given) note "$1: the one that the caller's URL names" ;;
    docker) start_docker_service "$1" ;;
    private) "start_private_$1" ;;
    *) fail "$1 was never started here: run compose/services.sh start --state $state_dir first" ;;
  esac
}

stop_one() {
  local kind=$1_kind
  case ${!kind}-$1 in
    docker-*) compose "$([[ $hard ]] && echo kill || echo stop)" "$1" ;;
    *-postgres) stop_private_postgres "$([[ $hard ]] && echo immediate || echo fast)" ;;
    *-rabbitmq) stop_private_rabbitmq "$([[ $hard ]] && echo KILL || echo TERM)" ;;
  esac
}

# For a test or an operator who wants one of them away: a service that is the caller's own is not ours to stop.
stop_named() {
  local kind=$1_kind
  [[ ${!kind} == docker || ${!kind} == private ]] || fail "$1 is not this instance's to stop (${!kind:-never started})"
  stop_one "$1"
}

# Clears up by what is on disk as well as by the record: a start may have been interrupted anywhere.
stop() {
  stop_one rabbitmq
  stop_one postgres
}

wipe() {
  stop
  if [[ $postgres_kind == docker || $rabbitmq_kind == docker ]]; then compose down -v; fi
  rm -rf -- "$private_dir"
  rm -f -- "$state_dir/services" "$state_dir/service-password" "$state_dir/compose.env"
}

# For a test that kills or pauses what runs here as private processes.
pid_of() {
  local pid=0
  case $1 in
    postgres) ! private_postgres_runs || pid=$(head -n 1 "$(postgres_data)/postmaster.pid") ;;
    rabbitmq) ! rabbitmq_process_runs rabbitmq || pid=$(recorded_pid "$(rabbitmq_pid_file rabbitmq)") ;;
  esac
  printf '%s\n' "$pid"
}

status_of() {
  local name=$1 kind=$1_kind url=$1_url host port state=stopped
  read -r host port < <(host_and_port "${!url}")
  case $name-${!kind} in
    *-given) state='not ours' ;;
    postgres-private) ! private_postgres_runs || state=running ;;
    postgres-docker) ! docker_postgres_answers || state=running ;;
    rabbitmq-*) ! amqp_answers "$port" || state=running ;;
  esac
  printf '%-9s %-8s %-8s %s:%s\n' "$name" "${!kind:-none}" "$state" "$host" "$port"
}

read_options "$@"
case $command in
  start | stop | wipe | start-* | stop-*)
    exec 9>"$state_dir/services.lock"
    flock -w 300 9 || fail "another start or stop of $state_dir goes on for minutes"
    ;;&
  start | stop | wipe) "$command" ;;
  start-postgres | start-rabbitmq) start_one "${command#start-}" ;;
  stop-postgres | stop-rabbitmq) stop_named "${command#stop-}" ;;
  status)
    status_of postgres
    status_of rabbitmq
    ;;
  postgres-url) printf '%s\n' "$postgres_url" ;;
  rabbitmq-url) printf '%s\n' "$rabbitmq_url" ;;
  postgres-pid | rabbitmq-pid) pid_of "${command%-pid}" ;;
  rabbitmqctl) (as_rabbitmq /usr/lib/rabbitmq/bin/rabbitmqctl "${arguments[@]}") ;;
  help | -h | --help) usage ;;
  *)
    usage >&2
    exit 2
    ;;
esac
