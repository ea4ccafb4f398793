# shellcheck shell=bash
# Runs cases and counts them. A case is a function; whatever fails in it fails the case.

passed=0 failed=0 skipped=0

# try CLIENT TEXT COMMAND...
try() {
  local status=0 log=$work/cases.log
  set +e # An `if` would switch off errexit inside the case as well.
  (
    set -e
    "${@:3}"
  ) >"$log" 2>&1 </dev/null
  status=$?
  set -e
  if ((status == 0)); then
    passed=$((passed + 1))
    printf 'ok      %-12s %s\n' "$1" "$2"
  else
    failed=$((failed + 1))
    printf 'FAILED  %-12s %s\n' "$1" "$2"
    tail -n "${CERTCTL_TEST_LOG_LINES:-25}" -- "$log" | sed 's/^/        /'
  fi
}

directory_of() { printf '%s/acme/profile/%s/directory\n' "$base" "$1"; }

# The refusal is what is wanted: refused TEXT COMMAND...: the command fails and says the text.
refused() {
  local output
  if output=$("${@:2}" 2>&1); then
    echo "it was not refused: $output"
    return 1
  fi
  grep -qF -- "$1" <<<"$output" || {
    echo "it was refused, but not for $1: $output"
    return 1
  }
}

# Prints "key_id hmac_key" of a new EAB key of prof-eab.
new_eab_key() {
  curl -fsS --noproxy '*' --cacert "$ca" -H "Authorization: Bearer $(cat -- "$state_dir/admin-token")" -H 'Content-Type: application/json' \
    -d "{\"profile_id\":\"prof-eab\",\"name\":\"$1\"}" "$base/api/v1/acme/eab-keys" | jq -er '"\(.key_id) \(.hmac_key)"'
}
