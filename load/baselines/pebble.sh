# shellcheck shell=bash
# Debian's Pebble at its fastest: it validates nothing, waits for nothing, refuses no good nonce, reuses no authorization.
# It hangs with four clients and more, and after some thousand flows: a fresh process for each short window, two clients.

ensure_pebble_package() { command -v pebble >/dev/null || install_packages '' pebble; }

start_pebble() {
  local home=$results/pebble
  mkdir -p -- "$home"
  pebble_directory=https://localhost:14000/dir pebble_ca=$home/tls.pem pebble_root=$home/root.pem
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$home/tls.key" -out "$pebble_ca" -days 2 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
  cat >"$home/config.json" <<CONFIG
{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000", "httpPort": 5002, "tlsPort": 5001,
  "certificate": "$pebble_ca", "privateKey": "$home/tls.key", "externalAccountBindingRequired": false}}
CONFIG
  ! port_answers 14000 || fail 'port 14000, which Pebble needs, is taken'
  PEBBLE_VA_ALWAYS_VALID=1 PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0 PEBBLE_AUTHZREUSE=0 \
    setsid pebble -config "$home/config.json" </dev/null >"$home/log" 2>&1 &
  record_pid "$results/pebble.pid" $!
  within 15 fetch_pebble_root || {
    show_log_end "$home/log"
    fail 'Pebble did not start'
  }
}

fetch_pebble_root() { curl -fs --noproxy '*' --cacert "$pebble_ca" -o "$pebble_root" https://localhost:15000/roots/0; }
