# shellcheck shell=bash
# The product's own processes: built, published to the state folder, started, awaited, stopped.

# Runs from a published copy, so that a later build or test run does not pull files from under a running instance.
publish() {
  local project stale=() log=$state_dir/logs/build.log
  for project in "$@"; do
    if sources_newer_than "$state_dir/app/$project.built"; then stale+=("$project"); fi
  done
  ((${#stale[@]})) || return 0

  step "Building ${stale[*]} (the first time also fetches the NuGet packages)"
  mkdir -p -- "$state_dir/app"
  : >"$log"
  for project in "${stale[@]}"; do
    # A subshell, so that what a Ctrl-C says meanwhile is not redirected too.
    (publish_one "$project") >>"$log" 2>&1 9>&- || {
      show_log_end "$log"
      fail 'the build failed'
    }
  done
  step_done 'built'
}

# Compiled ahead of time: the first storm after a start must not wait for the JIT.
publish_one() {
  local stamp=$state_dir/app/$1.built
  touch -- "$stamp.new" &&
    dotnet publish "$repository/src/$1" -c Release --use-current-runtime --self-contained false \
      -p:PublishReadyToRun=true --nologo -v q -o "$state_dir/app/$1" &&
    mv -- "$stamp.new" "$stamp"
}

# A folder's time changes when a file in it is deleted or renamed, so folders count too.
sources_newer_than() {
  [[ ! -e $1 || $(find "$repository/src" "$repository"/Directory.* "$repository/global.json" \
    \( -name bin -o -name obj \) -prune -o -newer "$1" -print -quit) ]]
}

pid_file() { printf '%s/pids/%s\n' "$state_dir" "$1"; }

is_running() { recorded_runs "$(pid_file "$1")"; }

is_stopped() { ! is_running "$1"; }

process_id() { recorded_pid "$(pid_file "$1")"; }

process_log() { printf '%s/logs/%s.log\n' "$state_dir" "$1"; }

# Its own session: a terminal's Ctrl-C is for run.sh, which stops everything in order.
start_process() {
  local name=$1 log
  log=$(process_log "$name")
  [[ ! -e $log ]] || mv -f -- "$log" "$log.1"
  (
    export_product_settings
    # Collect the youngest generation every 64 MB and not every 8: no file of the product can say so (ADR 0006).
    export DOTNET_GCgen0size=${DOTNET_GCgen0size:-0x4000000}
    exec setsid dotnet "$state_dir/app/$name/Certctl.$name.dll"
  ) </dev/null >"$log" 2>&1 9>&- &
  record_pid "$(pid_file "$name")" $!
}

health_url() {
  case $1 in
    AllInOne | Api) echo "$base_url/health/ready" ;;
    AcmeService) echo "$acme_url/health/ready" ;;
    RenewalWorker) echo "http://127.0.0.1:${CERTCTL_RENEWAL_PORT:-8445}/health/ready" ;;
    HeartbeatIngest) echo "http://127.0.0.1:${CERTCTL_HEARTBEAT_PORT:-8446}/health/ready" ;;
  esac
}

# The operator's own server certificate is not from this instance's CA, and may name another host than the probe does.
is_ready() {
  local trust=()
  if [[ ${CERTCTL_SERVER_TLS_CERT_PATH:-} ]]; then
    trust=(--insecure)
  elif [[ -s $state_dir/ca.pem ]]; then
    trust=(--cacert "$state_dir/ca.pem")
  fi
  curl -fs -o /dev/null --noproxy '*' --max-time 5 "${trust[@]}" "$(health_url "$1")"
}

ready_or_dead() { is_ready "$1" || ! is_running "$1"; }

await_ready() {
  local name problem=''
  for name in "$@"; do
    within 120 ready_or_dead "$name" || problem="$name did not become ready within 120 s"
    is_running "$name" || problem="$name ended while starting"
    if [[ $problem ]]; then
      show_log_end "$(process_log "$name")"
      fail "$problem"
    fi
  done
}

stop_processes() {
  local name running=()
  for name in "$@"; do
    is_running "$name" || continue
    running+=("$name")
    kill -s TERM "$(process_id "$name")" || true # it may have ended since
  done
  for name in "${running[@]}"; do
    within 45 is_stopped "$name" || {
      note "$name did not end within 45 s of being asked to: killed"
      kill -s KILL "$(process_id "$name")" || true
      within 5 is_stopped "$name" || true
    }
  done
}
