# shellcheck shell=bash
# PostgreSQL as a private process on loopback, from the distribution's package.

postgres_data() { printf '%s/postgres/data\n' "$private_dir"; }

# Descriptor 9 is the lock of services.sh, which a server must not hold on to.
as_postgres() {
  if ((EUID == 0)); then
    # The caller's folder may be closed to the service's user.
    (cd / && exec setpriv --reuid=postgres --regid=postgres --clear-groups "$@" 9>&-)
  else
    "$@" 9>&-
  fi
}

# The folder of pg_ctl: the version that made the data, else the newest one.
postgres_bin() {
  local data version=''
  data=$(postgres_data)
  if [[ -s $data/PG_VERSION ]]; then
    version=$(cat -- "$data/PG_VERSION")
  else
    version=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null | sort -n | tail -n 1)
  fi
  [[ -n $version && -x /usr/lib/postgresql/$version/bin/pg_ctl ]] || return 1
  printf '/usr/lib/postgresql/%s/bin\n' "$version"
}

# The package makes a public cluster. Where postgresql.service is somebody's in use and stays enabled, it must leave that alone.
install_postgres() {
  local before cluster
  before=" $(echo /etc/postgresql/*/*/) "
  install_packages 'postgresql.service' postgresql
  for cluster in /etc/postgresql/*/*/; do
    [[ ! -d $cluster || $before == *" $cluster "* ]] || echo manual | as_root tee "${cluster}start.conf" >/dev/null
  done
}

ensure_postgres_package() {
  local bin
  postgres_bin >/dev/null || install_postgres
  bin=$(postgres_bin) || fail "no PostgreSQL below /usr/lib/postgresql fits the data in $(postgres_data)"
  (($(basename -- "$(dirname -- "$bin")") >= 15)) || fail "PostgreSQL 15 or later is needed, found only $bin"
}

private_postgres_runs() {
  local pid
  pid=$(head -n 1 "$(postgres_data)/postmaster.pid" 2>/dev/null) || return 1
  [[ $pid && $(readlink "/proc/$pid/cwd" 2>/dev/null) == "$(postgres_data)" ]]
}

make_postgres_data() {
  local data password_file=$private_dir/postgres/initdb-password
  data=$(postgres_data)
  make_private_dir
  rm -rf -- "$private_dir/postgres"
  mkdir -m 0700 -- "$private_dir/postgres"
  service_password | write_secret "$password_file"
  ((EUID != 0)) || chown -R postgres:postgres "$private_dir/postgres"
  as_postgres "$(postgres_bin)/initdb" -D "$data" -U certctl --auth=scram-sha-256 --pwfile="$password_file" \
    --encoding=UTF8 --locale=C.UTF-8 >"$state_dir/logs/initdb.log" 2>&1 || {
    show_log_end "$state_dir/logs/initdb.log"
    rm -rf -- "$private_dir/postgres"
    fail 'initdb failed'
  }
  rm -f -- "$password_file"
  echo "include 'certctl.conf'" >>"$data/postgresql.conf"
}

# Durability (fsync, synchronous_commit, full_page_writes) stays at PostgreSQL's defaults: on.
write_postgres_settings() {
  cat >"$(postgres_data)/certctl.conf" <<SETTINGS
listen_addresses = '127.0.0.1'
port = $postgres_port
unix_socket_directories = ''
max_connections = 100
shared_buffers = 128MB
max_wal_size = 1GB
# Compiling a plan costs more time and memory than these short statements ever win back.
jit = off
SETTINGS
}

start_private_postgres() {
  ensure_postgres_package
  local log=$private_dir/postgres/server.log
  if ! private_postgres_runs; then
    step "Starting PostgreSQL on 127.0.0.1:$postgres_port ($(postgres_bin))"
    ! port_answers "$postgres_port" || fail "port $postgres_port is taken by another program: set CERTCTL_PG_PORT"
    [[ -s $(postgres_data)/certctl.conf ]] || make_postgres_data
    write_postgres_settings
    as_postgres "$(postgres_bin)/pg_ctl" -D "$(postgres_data)" -l "$log" -w -t 60 start >/dev/null || {
      show_log_end "$log"
      fail 'PostgreSQL did not start'
    }
    step_done 'PostgreSQL is ready'
  fi
  PGPASSWORD=$(service_password) PGHOST=127.0.0.1 PGPORT=$postgres_port PGUSER=certctl \
    "$(postgres_bin)/psql" -d postgres -qAtc "SELECT 1 FROM pg_database WHERE datname = 'certctl'" | grep -q 1 ||
    PGPASSWORD=$(service_password) "$(postgres_bin)/createdb" -h 127.0.0.1 -p "$postgres_port" -U certctl certctl
}

# stop_private_postgres fast|immediate
stop_private_postgres() {
  private_postgres_runs || return 0
  as_postgres "$(postgres_bin)/pg_ctl" -D "$(postgres_data)" -m "$1" -w -t 60 stop >/dev/null ||
    fail "PostgreSQL did not stop; its data are in $(postgres_data)"
}
