# shellcheck shell=bash
# PostgreSQL and RabbitMQ as containers of compose.yaml, where a Docker engine answers.

# An engine that hangs counts as none.
docker_answers() {
  command -v docker >/dev/null && timeout 5 docker info --format '{{.ServerVersion}}' >/dev/null 2>&1 &&
    compose_tool >/dev/null
}

compose_tool() {
  if docker compose version >/dev/null 2>&1; then
    echo docker compose
  elif command -v docker-compose >/dev/null; then
    echo docker-compose
  else
    return 1
  fi
}

compose() {
  local tool
  read -ra tool < <(compose_tool) || fail 'this instance runs in Docker, and there is no docker compose'
  "${tool[@]}" -p "certctl-$instance" -f "$repository/compose/compose.yaml" --env-file "$state_dir/compose.env" "$@"
}

# compose.yaml also describes the four services, which run on the host here: what only they need may be anything.
write_compose_environment() {
  local volume=certctl-${instance}_postgres
  if [[ ! -e $state_dir/service-password ]] && docker volume inspect "$volume" >/dev/null 2>&1; then
    fail "the volume $volume was made under a state folder that is gone, and its password with it:" \
      "docker volume rm $volume certctl-${instance}_rabbitmq"
  fi
  write_secret "$state_dir/compose.env" <<ENVIRONMENT
POSTGRES_PASSWORD=$(service_password)
RABBITMQ_PASSWORD=$(service_password)
CERTCTL_PG_PORT=$postgres_port
CERTCTL_AMQP_PORT=$rabbitmq_port
CERTCTL_AMQP_MANAGEMENT_PORT=$rabbitmq_management_port
CERTCTL_CONFIG_ENCRYPTION_KEY=not-used-here
CERTCTL_API_KEYS_NAMED=not-used-here
ENVIRONMENT
}

docker_postgres_answers() { compose exec -T postgres pg_isready -q -h 127.0.0.1 -U certctl </dev/null 2>/dev/null; }

start_docker_service() {
  local name=$1 probe=(docker_postgres_answers)
  [[ $name == postgres ]] || probe=(amqp_answers "$rabbitmq_port")
  write_compose_environment
  step "Starting $name as a container (the first time its image is pulled)"
  compose up -d --no-build "$name" >"$state_dir/logs/compose-$name.log" 2>&1 || {
    show_log_end "$state_dir/logs/compose-$name.log"
    fail "docker compose up $name failed"
  }
  within 120 "${probe[@]}" || fail "$name did not become ready: docker compose -p certctl-$instance logs $name"
  step_done "$name is ready"
}
