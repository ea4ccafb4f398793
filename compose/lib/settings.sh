# shellcheck shell=bash
# What the product is told, and what its users are told. A CERTCTL_* variable that the caller set always wins.

# Tokens and the key-encryption key live as long as the state folder.
make_secrets() {
  local name
  for name in admin-token loadtest-agent-token; do
    [[ -s $state_dir/$name ]] || random_secret | write_secret "$state_dir/$name"
  done
  [[ -s $state_dir/encryption-key ]] || openssl rand -base64 32 | write_secret "$state_dir/encryption-key"
}

# While a part of the instance runs, its addresses are those that it was started with, whatever is set now.
settle_addresses() {
  local name record=$state_dir/addresses
  if [[ $(running_names) && -e $record ]]; then
    # shellcheck source=/dev/null
    . "$record"
  else
    for name in CERTCTL_SERVER_{HOST,PORT,TLS_CERT_PATH,TLS_KEY_PATH} CERTCTL_{ACME,PKI,RENEWAL,HEARTBEAT}_PORT; do
      printf 'export %s=%q\n' "$name" "${!name:-}"
    done | write_secret "$record"
  fi
  find_addresses
}

find_addresses() {
  local host=${CERTCTL_SERVER_HOST:-localhost}
  case $host in
    127.0.0.1 | 0.0.0.0 | :: | ::1) host=localhost ;;
  esac
  base_url=https://$host:${CERTCTL_SERVER_PORT:-8443}
  acme_url=$base_url
  if [[ $mode == fleet ]]; then acme_url=https://$host:${CERTCTL_ACME_PORT:-8444}; fi
  pki_url=http://$host:${CERTCTL_PKI_PORT:-8080}
}

# Exported in the subshell that becomes the product.
export_product_settings() {
  local keys
  keys=admin:$(cat -- "$state_dir/admin-token"):admin
  keys+=,loadtest-agents:$(cat -- "$state_dir/loadtest-agent-token"):agent:ag-loadtest-
  export CERTCTL_API_KEYS_NAMED=$keys${CERTCTL_API_KEYS_NAMED:+,$CERTCTL_API_KEYS_NAMED}
  export CERTCTL_STATE_DIR=$state_dir
  export CERTCTL_DATABASE_URL=$postgres_url CERTCTL_RABBITMQ_URL=$rabbitmq_url
  export CERTCTL_DEMO_SEED=${CERTCTL_DEMO_SEED:-true}
  # The database shares this machine: connections beyond what keeps its cores busy are processes that take turns.
  export CERTCTL_DATABASE_MAX_CONNS=${CERTCTL_DATABASE_MAX_CONNS:-$(($(nproc) * 4 < 8 ? 8 : $(nproc) * 4))}
  export CERTCTL_ACME_SERVER_ENABLED=${CERTCTL_ACME_SERVER_ENABLED:-true}
  export CERTCTL_ACME_SERVER_DEFAULT_PROFILE_ID=${CERTCTL_ACME_SERVER_DEFAULT_PROFILE_ID:-prof-test}
  if [[ ! ${CERTCTL_CONFIG_ENCRYPTION_KEY:-} ]]; then
    export CERTCTL_CONFIG_ENCRYPTION_KEY_FILE=${CERTCTL_CONFIG_ENCRYPTION_KEY_FILE:-$state_dir/encryption-key}
  fi
}

write_user_environment() {
  {
    echo "# Shell exports for users of this instance: . $state_dir/env"
    printf 'export %s=%q\n' \
      CERTCTL_BASE "$base_url" \
      CERTCTL_TOKEN "$(cat -- "$state_dir/admin-token")" \
      CERTCTL_CA "$state_dir/ca.pem" \
      CERTCTL_DATABASE_URL "$postgres_url" \
      CERTCTL_RABBITMQ_URL "$rabbitmq_url" \
      CERTCTL_ACME_DIRECTORY "$acme_url/acme/profile/prof-test/directory"
  } | write_secret "$state_dir/env"
}

print_welcome() {
  local environment=$state_dir/env
  [[ $environment != "$PWD"/* ]] || environment=${environment#"$PWD/"}
  cat <<WELCOME

REST API        $base_url/api/v1   (described at $base_url/openapi/v1.json)
ACME directory  $acme_url/acme/profile/prof-test/directory
Jobs            $base_url/hangfire   (log in with the admin token)
CRL and OCSP    $pki_url/.well-known/pki
CA root         $state_dir/ca.pem
Admin token     $state_dir/admin-token
Logs            $state_dir/logs

Try, in another terminal:
  . $environment
  curl -s --cacert "\$CERTCTL_CA" -H "Authorization: Bearer \$CERTCTL_TOKEN" "\$CERTCTL_BASE/api/v1/profiles"
  curl -s --cacert "\$CERTCTL_CA" -H "Authorization: Bearer \$CERTCTL_TOKEN" "\$CERTCTL_BASE/api/v1/stats/summary"
  curl -s --cacert "\$CERTCTL_CA" "\$CERTCTL_BASE/health/ready"

certctl is ready
WELCOME
}
