# shellcheck shell=bash
# Progress, errors and the small tools every script here uses.

step() {
  step_began=${EPOCHREALTIME/[.,]/}
  printf '==> %s\n' "$*"
}

step_done() {
  local ms=$(((${EPOCHREALTIME/[.,]/} - step_began) / 1000))
  printf '    %s (%d.%d s)\n' "$*" $((ms / 1000)) $((ms % 1000 / 100))
}

note() { printf '    %s\n' "$*"; }

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

show_log_end() {
  [[ -s $1 ]] || return 0
  printf -- '--- the end of %s ---\n' "$1" >&2
  tail -n 40 -- "$1" >&2
}

# Runs a probe every 200 ms until it succeeds or the seconds are over.
within() {
  local seconds=$1 deadline
  shift
  deadline=$((SECONDS + seconds))
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.2
  done
}

port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

random_secret() { openssl rand -hex 24; }

# Writes standard input to a file that only its owner can read, at no instant otherwise.
write_secret() { (umask 077 && cat >"$1.new" && mv -f -- "$1.new" "$1"); }
