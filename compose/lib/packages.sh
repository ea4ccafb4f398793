# shellcheck shell=bash
# Debian packages, installed without letting any of their public services start.

policy=/usr/sbin/policy-rc.d
policy_marker='# certctl: no service starts while its packages are installed'

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "this needs root or sudo: $*"
  fi
}

# Forbids service starts while the packages install. A file with the marker is what an earlier run, killed half-way, left:
# it is ours, and what that run saved is still the user's.
forbid_service_starts() {
  # shellcheck disable=SC2016 # expanded by the inner shell, as root
  as_root sh -c 'if [ -e "$1" ] && ! grep -qxF "$2" "$1"; then mv -f "$1" "$1.certctl-saved"; fi
    printf "#!/bin/sh\n%s\nexit 101\n" "$2" >"$1" && chmod 0755 "$1"' - "$policy" "$policy_marker"
}

allow_service_starts() {
  # shellcheck disable=SC2016
  as_root sh -c 'rm -f "$1"; if [ -e "$1.certctl-saved" ]; then mv "$1.certctl-saved" "$1"; fi' - "$policy"
}

# Those of the units that systemd does not know yet.
unknown_units() {
  command -v systemctl >/dev/null || return 0
  local unit state
  for unit in "$@"; do
    state=$(systemctl is-enabled "$unit" 2>/dev/null) || true
    if [[ ! $state || $state == not-found ]]; then echo "$unit"; fi
  done
}

# Not started now, and not at the next boot either: these daemons are only wanted as private processes.
disable_services() {
  local unit
  for unit in "$@"; do
    as_root systemctl disable "$unit" >/dev/null 2>&1 || true
  done
}

# install_packages "unit unit" package...: the units are disabled where they come with these packages; those that were
# there before are somebody's in use.
install_packages() {
  local new_units log=$state_dir/logs/apt.log status=0
  # shellcheck disable=SC2086 # a list of words
  mapfile -t new_units < <(unknown_units $1)
  shift
  command -v apt-get >/dev/null || fail "please install $*: this system has no apt-get"
  step "Installing $* (the first time only)"
  trap allow_service_starts EXIT
  forbid_service_starts
  as_root apt-get update >"$log" 2>&1 || note "apt-get update failed, going on with the lists at hand: $log"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >>"$log" 2>&1 </dev/null ||
    status=$?
  allow_service_starts
  trap - EXIT
  if ((status != 0)); then
    show_log_end "$log"
    fail "apt-get install $* failed"
  fi
  disable_services "${new_units[@]}"
  step_done "installed"
}

ensure_tools() {
  local tool missing=()
  for tool in "$@"; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  ((${#missing[@]} == 0)) || install_packages '' "${missing[@]}"
}
