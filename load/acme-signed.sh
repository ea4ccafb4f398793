#!/usr/bin/env bash
# Whole signed ACME flows a second, ours beside Debian's Pebble (trust mode: it validates nothing and keeps all in memory) and
# Debian's Caddy with acme_server (challenge mode, http-01 for real, durable), in turns on this machine: load/acme-signed.sh [result.json]
# Needs root: Caddy dials port 80. BENCH_WINDOWS, BENCH_WINDOW and BENCH_WARM_UP (seconds) change the run; BENCH_TARGETS names
# what is measured. Ours idles while a baseline is measured, the baselines do not run while ours is.
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/load/lib/bench.sh"
. "$repository/load/baselines/pebble.sh"
. "$repository/load/baselines/caddy.sh"

read -ra targets <<<"${BENCH_TARGETS:-pebble ours-trust caddy ours-challenge}"
http01_port=15002 dns_port=15353
suffix=load.example.test

# measure TARGET WINDOW_NUMBER WARM_UP_SECONDS option...: no, when a flow failed or none succeeded
measure() {
  local result=$results/$1.$2.json
  driver acme-signed --name-suffix "$suffix" --json "$result" --warmup "$3s" --duration "${BENCH_WINDOW}s" "${@:4}" \
    >"$results/$1.$2.txt" 2>>"$results/progress.log" || {
    cat -- "$results/$1.$2.txt" >&2
    return 1
  }
  note "$(jq -r '"\(.flows_per_second*10|round/10) flows/s, p50 \(.steps[-1].p50_ms) p99 \(.steps[-1].p99_ms) ms"' "$result")"
}

# The first window of ours comes after the long warm-up; a process that was measured before is warm.
warm_up_of() { if (($1 == 1)); then echo "$BENCH_WARM_UP"; else echo 5; fi; }

# It hangs now and then with two clients as well; only a window without a failure is compared with.
measure_pebble() {
  local try
  for try in 1 2 3 4; do
    ! measure_pebble_once "$1" || return 0
    note "Pebble failed a flow: try $try"
  done
  fail 'Pebble gave no window without a failure'
}

measure_pebble_once() {
  local status=0
  start_pebble
  measure pebble "$1" 5 --directory "$pebble_directory" --ca "$pebble_ca" --issuer-ca "$pebble_root" --clients 2 --mode challenge --poll 0ms || status=1
  tree_memory "$(recorded_pid "$results/pebble.pid")" >"$results/pebble.memory" || status=1
  stop_recorded "$results/pebble.pid"
  return "$status"
}

measure_caddy() {
  start_caddy
  measure caddy "$1" 5 --directory "$caddy_directory" --ca "$caddy_root" --clients 16 --mode challenge \
    --http01-port 80 --name-pool "$caddy_names" || fail 'Caddy failed a flow'
  tree_memory "$(recorded_pid "$results/caddy.pid")" >"$results/caddy.memory"
  stop_recorded "$results/caddy.pid"
}

measure_ours() {
  local mode=$1 profile=prof-burst more=()
  if [[ $mode == challenge ]]; then
    profile=prof-burst-challenge
    more=(--http01-port "$http01_port" --dns-port "$dns_port")
  fi
  measure "ours-$mode" "$2" "$(warm_up_of "$2")" --directory "https://localhost:$CERTCTL_SERVER_PORT/acme/profile/$profile/directory" \
    --ca "$CERTCTL_STATE_DIR/ca.pem" --clients 16 --mode "$mode" --poll "${BENCH_POLL:-5ms}" "${more[@]}" ||
    fail 'a flow of ours failed'
  instance_memory >"$results/ours-$mode.memory"
}

measure_target() {
  step "$1, window $2 of $BENCH_WINDOWS"
  case $1 in
    pebble | caddy) "measure_$1" "$2" ;;
    ours-*) measure_ours "${1#ours-}" "$2" ;;
    *) fail "no such target: $1" ;;
  esac
}

# A target's window with the middle rate, whole; null where it is not measured.
median_of() { if measures "$1"; then median .flows_per_second "$results/$1".*.json; else echo null; fi; }

measures() { [[ " ${targets[*]} " == *" $1"* ]]; }

print_table() {
  local target figures
  printf '\n%-16s %10s %9s %9s %9s %9s  %s\n' "medians of $BENCH_WINDOWS" flows/s 'p50 ms' 'p95 ms' 'p99 ms' requests 'memory (MB, PSS)'
  for target in "${targets[@]}"; do
    read -ra figures < <(median_of "$target" | jq -r '[(.flows_per_second, (.steps[-1] | .p50_ms, .p95_ms, .p99_ms), .settings.requests_per_flow) * 10 | round / 10] | join(" ")')
    printf '%-16s %10s %9s %9s %9s %9s  %s\n' "$target" "${figures[@]}" "$(cat -- "$results/$target.memory")"
  done
}

# The median of the rounds' ratios, for the two windows of a round are next to each other and the machine's speed changes from round to
# round; null where one of the two was left out.
ratio_of() {
  local number
  if ! { measures "$1" && measures "$2"; }; then
    echo null
    return
  fi
  for ((number = 1; number <= BENCH_WINDOWS; number++)); do
    jq -s '.[0].flows_per_second / .[1].flows_per_second' "$results/$1.$number.json" "$results/$2.$number.json"
  done | jq -s 'sort | .[(length - 1) / 2 | floor]'
}

write_result() {
  local target
  for target in "${targets[@]}"; do
    jq -n --arg target "$target" --argjson median "$(median_of "$target")" --arg memory "$(cat -- "$results/$target.memory")" \
      '{($target): ($median + {memory_mb: $memory})}'
  done | jq -s --argjson trust "$(ratio_of ours-trust pebble)" --argjson challenge "$(ratio_of ours-challenge caddy)" \
    'add | . + {trust_ratio: $trust, challenge_ratio: $challenge}' >"$output"
}

! measures pebble || ensure_pebble_package
! measures caddy || ensure_caddy_package
begin_bench acme-signed "${1:-}"
build_driver
if measures ours-; then
  export CERTCTL_ACME_SERVER_HTTP01_PORT=$http01_port CERTCTL_ACME_SERVER_DNS01_RESOLVER=127.0.0.1:$dns_port CERTCTL_ACME_SERVER_ALLOW_LOOPBACK=true
  start_services
  start_claimed
fi
for ((number = 1; number <= BENCH_WINDOWS; number++)); do
  for target in "${targets[@]}"; do measure_target "$target" "$number"; done
done
print_table | tee "$results/table.txt"
write_result
jq -r '{"ours-trust / pebble": .trust_ratio, "ours-challenge / caddy": .challenge_ratio} | to_entries[] | select(.value) |
  "\(.key): \(.value * 100 | round / 100) times the rate"' "$output" | tee -a "$results/table.txt"
