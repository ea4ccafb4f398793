# shellcheck shell=bash
# The state folder of one instance: what it holds, and where its private services keep their data.

use_state() {
  state_dir=$(realpath -m -- "${1:-${CERTCTL_STATE_DIR:-$repository/.certctl}}")
  mkdir -p -- "$state_dir/logs" "$state_dir/pids" || fail "cannot write to the state folder $state_dir"
  instance=$(printf '%s' "$state_dir" | sha256sum | cut -c1-12)

  # Started by root, PostgreSQL and RabbitMQ run as their own users, who must be able to reach their data although the
  # clone may lie in a closed home. Started by anybody else they run as that user, who can read the state folder.
  if ((EUID == 0)); then
    private_dir=/var/lib/certctl-private/$instance
  else
    private_dir=$state_dir/private
  fi
}

make_private_dir() { (umask 022 && mkdir -p -- "$private_dir"); }

# A start after the state folder was deleted: the key to what the old database holds is gone, so begin anew beside it.
set_orphan_aside() {
  [[ -d $private_dir && ! -e $state_dir/service-password ]] || return 0
  local aside
  aside=$private_dir.$(date -u +%Y%m%dT%H%M%SZ)
  stop_private_rabbitmq TERM
  stop_private_postgres fast
  mv -- "$private_dir" "$aside"
  note "the state folder is new, so the database of the former one was set aside: $aside"
}

service_password() {
  [[ -s $state_dir/service-password ]] || random_secret | write_secret "$state_dir/service-password"
  cat -- "$state_dir/service-password"
}

# "host port" of a postgres:// or amqp:// URL.
host_and_port() {
  local authority=${1#*://}
  authority=${authority%%[/?]*}
  authority=${authority##*@}
  local port=${authority##*:}
  [[ $authority == *:* && $port =~ ^[0-9]+$ ]] || port=''
  printf '%s %s\n' "${authority%":$port"}" "$port"
}

# "URL password": a database's URL without its password, and that.
split_password() {
  local scheme=${1%%://*} rest=${1#*://} user password=''
  local authority=${rest%%[/?]*}
  local tail=${rest#"$authority"} host=${authority##*@}
  if [[ $authority == *@* ]]; then
    user=${authority%@*}
    [[ $user != *:* ]] || password=${user#*:}
    host=${user%%:*}@$host
  fi
  password=${password//\\/\\\\}
  printf '%s %b\n' "$scheme://$host$tail" "${password//%/\\x}" # in a URL it is percent-encoded
}

# A URL that a shell took from this instance's own `env` file must not count as one that the caller gave.
names_private_instance() {
  local url=$1 private_port=$2 recorded_url=$3 recorded_kind=$4 host port
  [[ $url != "$recorded_url" || $recorded_kind == given ]] || return 0
  read -r host port < <(host_and_port "$url")
  [[ $port == "$private_port" && $host =~ ^(localhost|127\.[0-9.]+|\[::1\])$ ]]
}
