#!/usr/bin/env bash
# HEAD new-nonce against a bare Kestrel endpoint behind the same TLS, in one process and in turns: load/nonces.sh [result.json]
# Needs wrk, jq and psql, and in the environment CERTCTL_DATABASE_URL and CERTCTL_RABBITMQ_URL of services on this machine that
# nothing else uses meanwhile; a database that is not empty needs its CERTCTL_CONFIG_ENCRYPTION_KEY too. BENCH_WARM_UP, BENCH_WINDOW (seconds), BENCH_WINDOWS and BENCH_CONNECTIONS change the run.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
output=${1:-$here/results/nonces.json}
: "${CERTCTL_DATABASE_URL:?}" "${CERTCTL_RABBITMQ_URL:?}"
for tool in wrk jq psql curl; do
  command -v "$tool" >/dev/null || {
    echo "$tool is not installed" >&2
    exit 1
  }
done
mkdir -p "$(dirname "$output")"

CERTCTL_STATE_DIR=$(mktemp -d)
CERTCTL_CONFIG_ENCRYPTION_KEY=${CERTCTL_CONFIG_ENCRYPTION_KEY:-$(head -c 48 /dev/urandom | base64 | tr -d '+/=\n')}
export CERTCTL_STATE_DIR CERTCTL_CONFIG_ENCRYPTION_KEY CERTCTL_ACME_PORT=${CERTCTL_ACME_PORT:-8444} CERTCTL_DEMO_SEED=true
export CERTCTL_ACME_SERVER_ENABLED=true CERTCTL_LOG_LEVEL=warn
base=https://localhost:$CERTCTL_ACME_PORT
nonce_path=/acme/profile/prof-burst/new-nonce
host=''

stop_host() {
  [[ -z $host ]] || kill -TERM "$host" 2>/dev/null || true
  [[ -z $host ]] || wait "$host" || true
  rm -rf -- "$CERTCTL_STATE_DIR"
}

# measure PATH SECONDS: one line of JSON.
measure() {
  BENCH_PATH=$1 wrk -t1 -c"${BENCH_CONNECTIONS:-64}" -d"$2s" --timeout 10s -s "$here/nonces.lua" "$base" | sed -n 's/^RESULT //p'
}

# Rows written to the product's tables so far.
written() {
  psql "$CERTCTL_DATABASE_URL" -Atqc "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_user_tables WHERE schemaname = 'public'"
}

dotnet build "$here/Bench" -c Release -v q --nologo --disable-build-servers
trap stop_host EXIT
"$here/Bench/bin/Release/net10.0/Certctl.Bench" serve-acme &
host=$!
for _ in $(seq 120); do
  [[ $(curl -sk -o /dev/null -w '%{http_code}' -I "$base$nonce_path" || true) != 200 ]] || break
  kill -0 "$host" 2>/dev/null || { echo 'the host ended' >&2; exit 1; }
  sleep 0.5
done

measure /bare "${BENCH_WARM_UP:-10}" >/dev/null
measure "$nonce_path" "${BENCH_WARM_UP:-10}" >/dev/null
sleep 2
before=$(written)
for _ in $(seq "${BENCH_WINDOWS:-3}"); do
  bare+=("$(measure /bare "${BENCH_WINDOW:-10}")")
  nonces+=("$(measure "$nonce_path" "${BENCH_WINDOW:-10}")")
done
sleep 2 # PostgreSQL's books are a second late.
after=$(written)

jq -n --argjson bare "$(printf '%s\n' "${bare[@]}" | jq -s .)" --argjson nonces "$(printf '%s\n' "${nonces[@]}" | jq -s .)" --argjson written "$((after - before))" '
  def median: sort_by(.requests / .seconds) | .[(length - 1) / 2 | floor] | . + {per_second: (.requests / .seconds | round)};
  {bare: ($bare | median), new_nonce: ($nonces | median), rows_written: $written} | .share = (.new_nonce.per_second / .bare.per_second * 1000 | round / 1000)' | tee "$output"
jq -e '.share >= 0.6 and .rows_written == 0 and .bare.failed + .new_nonce.failed == 0' "$output" >/dev/null || {
  echo 'below 60 % of bare Kestrel, or something was written, or requests failed' >&2
  exit 1
}
