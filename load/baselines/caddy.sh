# shellcheck shell=bash
# Debian's Caddy with acme_server, which is step-ca's engine: durable, and it validates http-01 on port 80 of the addresses that
# the system's resolver gives. It sees an /etc/hosts of its own, so that this machine's stays as it is.

caddy_names=64

ensure_caddy_package() { command -v caddy >/dev/null || install_packages caddy.service caddy; }

start_caddy() {
  local home=$results/caddy n
  ((EUID == 0)) || fail 'Caddy dials port 80, so this needs root'
  ! port_answers 80 || fail 'port 80, which Caddy dials, is taken'
  mkdir -p -- "$home"
  caddy_directory=https://localhost:19443/acme/local/directory caddy_root=$home/caddy/pki/authorities/local/root.crt
  {
    echo '127.0.0.1 localhost'
    for ((n = 0; n < caddy_names; n++)); do echo "127.0.0.1 n$n.$suffix"; done
  } >"$home/hosts"
  cat >"$home/Caddyfile" <<CONFIG
{
  admin off
  auto_https disable_redirects
  skip_install_trust
  http_port 19080
  https_port 19443
  default_bind 127.0.0.1
}
https://localhost:19443 {
  tls internal
  acme_server
}
CONFIG
  # shellcheck disable=SC2016 # expanded by the inner shell
  XDG_DATA_HOME=$home XDG_CONFIG_HOME=$home setsid unshare -m sh -c 'mount --bind "$1" /etc/hosts && exec caddy run --config "$2" --adapter caddyfile' \
    - "$home/hosts" "$home/Caddyfile" </dev/null >"$home/log" 2>&1 &
  record_pid "$results/caddy.pid" $!
  within 15 caddy_answers || {
    show_log_end "$home/log"
    fail 'Caddy did not start'
  }
}

caddy_answers() { [[ -s $caddy_root ]] && curl -fs --noproxy '*' --cacert "$caddy_root" -o /dev/null "$caddy_directory"; }
