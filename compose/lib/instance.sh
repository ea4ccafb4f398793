# shellcheck shell=bash
# An instance of a script's own: its state folder, ports, PostgreSQL and RabbitMQ are no other's. Needs say.sh, repository.

# What is set for a running instance must not reach this one; what begins with the prefix is the script's own.
forget_settings() {
  local prefix=$1 name
  for name in $(compgen -v CERTCTL_); do
    [[ $name == "$prefix"* ]] || unset "$name"
  done
}

# claim_instance STATE PORT PKI_PORT PG_PORT AMQP_PORT: the ten ports after AMQP's are RabbitMQ's too. Ports below 32768 are never taken by
# a connection that somebody makes.
claim_instance() {
  export CERTCTL_STATE_DIR CERTCTL_SERVER_PORT=$2 CERTCTL_PKI_PORT=$3 CERTCTL_PG_PORT=$4 CERTCTL_AMQP_PORT=$5
  CERTCTL_STATE_DIR=$(realpath -m -- "$1")
  # What a run that was killed left is stopped, and its data are deleted: every run starts from nothing.
  stop_claimed
  mkdir -p -- "$CERTCTL_STATE_DIR/logs"
}

start_claimed() {
  step "Building and starting the product on port $CERTCTL_SERVER_PORT"
  "$repository/compose/run.sh" up >"$CERTCTL_STATE_DIR/logs/up.log" 2>&1 || {
    show_log_end "$CERTCTL_STATE_DIR/logs/up.log"
    fail 'the instance did not start'
  }
  step_done 'ready'
}

stop_claimed() {
  "$repository/compose/run.sh" down >/dev/null && "$repository/compose/services.sh" wipe --state "$CERTCTL_STATE_DIR" >/dev/null
}
