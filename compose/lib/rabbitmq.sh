# shellcheck shell=bash
# RabbitMQ (with its management plugin) as a private process on loopback, from the distribution's package.

rabbitmq_home() { printf '%s/rabbitmq\n' "$private_dir"; }

# Runs a command as RabbitMQ's user in the environment of the private node; nothing of /etc/rabbitmq is read.
as_rabbitmq() {
  local home user=()
  home=$(rabbitmq_home)
  ((EUID != 0)) || user=(setpriv --reuid=rabbitmq --regid=rabbitmq --clear-groups)
  cd / && exec "${user[@]}" env -i PATH="$PATH" LANG=C.UTF-8 HOME="$home" \
    RABBITMQ_NODENAME=certctl@localhost \
    RABBITMQ_CONF_ENV_FILE="$home/rabbitmq-env.conf" \
    RABBITMQ_CONFIG_FILE="$home/rabbitmq" \
    RABBITMQ_ENABLED_PLUGINS_FILE="$home/enabled_plugins" \
    RABBITMQ_MNESIA_BASE="$home/mnesia" \
    RABBITMQ_LOG_BASE="$home/log" \
    RABBITMQ_DIST_PORT="$rabbitmq_dist_port" \
    ERL_EPMD_PORT="$rabbitmq_epmd_port" \
    ERL_EPMD_ADDRESS=127.0.0.1 \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+S 2:2 -start_epmd false -kernel inet_dist_use_interface {127,0,0,1}" \
    "$@"
}

ensure_rabbitmq_package() {
  [[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ]] ||
    install_packages 'rabbitmq-server.service epmd.service epmd.socket' rabbitmq-server
  [[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ]] || fail 'rabbitmq-server is installed, but not in /usr/lib/rabbitmq/bin'
}

rabbitmq_pid_file() { printf '%s/%s.pid\n' "$(rabbitmq_home)" "$1"; }

rabbitmq_process_runs() { recorded_runs "$(rabbitmq_pid_file "$1")"; }

write_rabbitmq_settings() {
  local home
  home=$(rabbitmq_home)
  make_private_dir
  install -d -m 0750 "$home" "$home/mnesia" "$home/log"
  : >"$home/rabbitmq-env.conf"
  echo '[rabbitmq_management].' >"$home/enabled_plugins"
  write_secret "$home/rabbitmq.conf" <<SETTINGS
listeners.tcp.1 = 127.0.0.1:$rabbitmq_port
management.tcp.ip = 127.0.0.1
management.tcp.port = $rabbitmq_management_port
default_user = certctl
default_pass = $(service_password)
log.console = false
log.file.level = warning
disk_free_limit.absolute = 200MB
vm_memory_high_watermark.absolute = 512MB
# Quorum queues hold their write-ahead log in memory until it rolls over; the default is 512 MB.
raft.wal_max_size_bytes = 64000000
collect_statistics_interval = 10000
management.rates_mode = basic
SETTINGS
  ((EUID != 0)) || chown -R rabbitmq:rabbitmq "$home"
}

# The broker greets an AMQP 0-9-1 client with Connection.Start (a method frame, 0x01 first) once it takes connections.
amqp_answers() {
  local greeting
  greeting=$({
    exec 3<>"/dev/tcp/127.0.0.1/$1" && printf 'AMQP\0\0\11\1' >&3 && timeout 2 head -c 1 <&3 | od -An -tx1
  } 2>/dev/null) || true
  [[ $greeting == ' 01' ]]
}

# spawn_rabbitmq_process NAME COMMAND...: its own session, so that a terminal's Ctrl-C is left to the scripts.
spawn_rabbitmq_process() {
  local name=$1
  shift
  (as_rabbitmq setsid "$@") </dev/null >"$state_dir/logs/$name.log" 2>&1 9>&- &
  record_pid "$(rabbitmq_pid_file "$name")" $!
}

rabbitmq_ready_or_dead() { amqp_answers "$rabbitmq_port" || ! rabbitmq_process_runs rabbitmq; }

start_private_rabbitmq() {
  ensure_rabbitmq_package
  ! rabbitmq_process_runs rabbitmq || ! amqp_answers "$rabbitmq_port" || return 0
  stop_private_rabbitmq TERM
  step "Starting RabbitMQ on 127.0.0.1:$rabbitmq_port"
  local port
  for port in "$rabbitmq_port" "$rabbitmq_management_port" "$rabbitmq_dist_port" "$rabbitmq_epmd_port"; do
    ! port_answers "$port" || fail "port $port is taken by another program: set CERTCTL_AMQP_PORT"
  done
  write_rabbitmq_settings
  spawn_rabbitmq_process epmd epmd -address 127.0.0.1 -port "$rabbitmq_epmd_port"
  within 10 port_answers "$rabbitmq_epmd_port" || fail "epmd did not start: $state_dir/logs/epmd.log"
  spawn_rabbitmq_process rabbitmq /usr/lib/rabbitmq/bin/rabbitmq-server
  within 120 rabbitmq_ready_or_dead || true
  amqp_answers "$rabbitmq_port" || {
    show_log_end "$state_dir/logs/rabbitmq.log"
    show_log_end "$(rabbitmq_home)/log/certctl@localhost.log"
    fail 'RabbitMQ did not start'
  }
  step_done 'RabbitMQ is ready'
}

rabbitmq_process_is_gone() { ! rabbitmq_process_runs "$1"; }

# stop_private_rabbitmq TERM|KILL: the node, then its epmd, which would outlive it.
stop_private_rabbitmq() {
  local name pid signal=$1
  for name in rabbitmq epmd; do
    rabbitmq_process_runs "$name" || continue
    pid=$(recorded_pid "$(rabbitmq_pid_file "$name")")
    kill -s "$signal" -- "-$pid" || continue
    within 30 rabbitmq_process_is_gone "$name" || kill -s KILL -- "-$pid"
    rm -f -- "$(rabbitmq_pid_file "$name")"
  done
}
