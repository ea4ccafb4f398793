# shellcheck shell=bash
# Pid files that hold "pid start-time": a pid alone may have been given to another process since.

# When a process began, which tells it from a later one of the same id. A zombie counts as ended.
start_ticks() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # The command name, field 2, may hold blanks: count from behind its closing parenthesis.
  read -ra stat <<<"${stat##*) }"
  [[ ${stat[0]} != Z ]] && printf '%s\n' "${stat[19]}"
}

record_pid() { echo "$2 $(start_ticks "$2")" >"$1"; }

recorded_pid() { cut -d ' ' -f 1 -- "$1"; }

recorded_runs() {
  local pid ticks
  { read -r pid ticks <"$1"; } 2>/dev/null || return 1
  [[ $ticks && $(start_ticks "$pid") == "$ticks" ]]
}

# stop_recorded PID_FILE: ends the process that the file names, if it still runs, and forgets it.
stop_recorded() {
  local pid
  if recorded_runs "$1"; then
    pid=$(recorded_pid "$1")
    kill -s TERM "$pid" || true
    within 10 recorded_ended "$1" || kill -s KILL "$pid" || true
  fi
  rm -f -- "$1"
}

recorded_ended() { ! recorded_runs "$1"; }
