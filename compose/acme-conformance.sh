#!/usr/bin/env bash
# ACME clients that others wrote (Debian's lego, certbot and python3-acme, npm's acme-client) against an instance of its own,
# whole flows, every certificate judged by openssl. Reads only CERTCTL_TEST_* from the environment.
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/compose/lib/say.sh"
. "$repository/compose/lib/pidfile.sh"
. "$repository/compose/lib/state.sh"
. "$repository/compose/lib/packages.sh"
. "$repository/compose/lib/dotnet.sh"
. "$repository/compose/lib/instance.sh"
conformance=$repository/tests/Conformance
. "$repository/tests/Conformance/cases.sh"
. "$repository/tests/Conformance/checks.sh"
. "$repository/tests/Conformance/lego.sh"
. "$repository/tests/Conformance/certbot.sh"
. "$repository/tests/Conformance/python-acme.sh"
. "$repository/tests/Conformance/acme-client.sh"

# Where challenges are answered: the clients listen here, the product dials here.
http01_port=15012 tlsalpn01_port=15011 dns_port=15363 dns_update_port=15364

install_clients() {
  ensure_tools curl openssl jq lego certbot
  /usr/bin/python3 -c 'import acme' 2>/dev/null || install_packages '' python3-acme
  command -v node >/dev/null || install_packages '' nodejs
  command -v npm >/dev/null || install_packages '' npm
  [[ -d $npm_dir/node_modules/acme-client ]] || {
    step 'Installing acme-client from npm (the first time only)'
    mkdir -p -- "$npm_dir"
    cp -- "$conformance/package.json" "$npm_dir"
    npm install --prefix "$npm_dir" --ignore-scripts --no-audit --no-fund --no-package-lock >"$state_dir/logs/npm.log" 2>&1 || {
      show_log_end "$state_dir/logs/npm.log"
      fail 'npm install failed'
    }
    step_done 'installed'
  }
}

start_dns() {
  step "Answering DNS on 127.0.0.1:$dns_port"
  dotnet build "$repository/load/Driver" -c Release --nologo -v q >"$state_dir/logs/driver.log" || fail "see $state_dir/logs/driver.log"
  setsid "$repository/load/Driver/bin/Release/net10.0/Certctl.Load" dns --port "$dns_port" --update-port "$dns_update_port" \
    </dev/null >"$state_dir/logs/dns.log" 2>&1 &
  record_pid "$state_dir/pids/dns" $!
  within 15 port_answers "$dns_update_port" || fail "it did not start: $state_dir/logs/dns.log"
  step_done 'started'
}

start_product() {
  claim_instance "$state_dir" 18453 18090 "${CERTCTL_TEST_ACME_PG_PORT:-25462}" "${CERTCTL_TEST_ACME_AMQP_PORT:-25722}"
  export CERTCTL_ACME_SERVER_ENABLED=true CERTCTL_ACME_SERVER_DNS01_RESOLVER=127.0.0.1:$dns_port CERTCTL_ACME_SERVER_ALLOW_LOOPBACK=true
  export CERTCTL_ACME_SERVER_HTTP01_PORT=$http01_port CERTCTL_ACME_SERVER_TLSALPN01_PORT=$tlsalpn01_port
  start_claimed
  base=https://localhost:$CERTCTL_SERVER_PORT ca=$state_dir/ca.pem
}

clean_up() {
  local status=$?
  trap '' INT TERM
  stop_recorded "$state_dir/pids/dns"
  stop_claimed || status=1
  [[ ! ${summary:-} ]] || echo "$summary"
  exit "$status"
}

forget_settings CERTCTL_TEST_
use_state "${CERTCTL_TEST_ACME_STATE_DIR:-$repository/.certctl-acme}"
work=$state_dir/clients npm_dir=$state_dir/npm
rm -rf -- "$work"
mkdir -p -- "$work"
install_clients
trap clean_up EXIT
trap 'exit 130' INT TERM
start_product
start_dns

lego_cases
certbot_cases
python_acme_cases
acme_client_cases
summary="$passed passed, $failed failed, $skipped skipped"
((failed == 0 && passed > 0)) || exit 1
