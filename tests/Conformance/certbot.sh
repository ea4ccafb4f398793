# shellcheck shell=bash
# certbot, each folder an account and its certificates.

# certbot_for FOLDER PROFILE argument...
certbot_for() {
  local home=$work/certbot-$1
  REQUESTS_CA_BUNDLE=$ca DNS_UPDATES=http://127.0.0.1:$dns_update_port timeout 180 certbot --non-interactive --config-dir "$home/config" \
    --work-dir "$home/work" --logs-dir "$home/logs" --server "$(directory_of "$2")" "${@:3}"
}

certbot_terms=(--agree-tos -m certbot@example.test --no-eff-email)

# Sets the array solver.
certbot_solver() {
  local hook=$repository/tests/Conformance/dns-hook.sh
  case $1 in
    http) solver=(--standalone --preferred-challenges http --http-01-address 127.0.0.1 --http-01-port "$http01_port") ;;
    dns) solver=(--manual --preferred-challenges dns --manual-auth-hook "$hook present" --manual-cleanup-hook "$hook cleanup") ;;
  esac
}

certbot_live() { printf '%s/certbot-%s/config/live/%s\n' "$work" "$1" "$2"; }

certbot_check() {
  local live
  live=$(certbot_live "$1" "$2")
  check_certificate "$live/fullchain.pem" "$live/privkey.pem" "${@:3}"
}

# certbot_issue FOLDER PROFILE SOLVER key-type name...: the first name names the certificate.
certbot_issue() {
  local name domains=() solver
  certbot_solver "$3"
  for name in "${@:5}"; do domains+=(-d "$name"); done
  certbot_for "$1" "$2" certonly "${certbot_terms[@]}" "${solver[@]}" --key-type "$4" --rsa-key-size 2048 "${domains[@]}"
  certbot_check "$1" "${5#\*.}" "${@:5}"
  if [[ $4 == rsa ]]; then check_key_type "$(certbot_live "$1" "${5#\*.}")/fullchain.pem" rsaEncryption; fi
}

certbot_renew() {
  local chain before
  chain=$(certbot_live "$1" "$3")/fullchain.pem
  before=$(serial_of "$chain")
  certbot_for "$1" "$2" renew --force-renewal --no-random-sleep-on-renew --cert-name "$3"
  certbot_check "$1" "$3" "$3"
  [[ $(serial_of "$chain") != "$before" ]]
}

# certbot_revoke FOLDER PROFILE NAME [option...]
certbot_revoke() {
  local live
  live=$(certbot_live "$1" "$3")
  check_good "$live/fullchain.pem"
  certbot_for "$1" "$2" revoke --cert-path "$live/cert.pem" --reason superseded --no-delete-after-revoke "${@:4}"
  check_revoked "$live/fullchain.pem"
}

# Without an account: the certificate's key signs (RFC 8555 7.6).
certbot_revoke_by_key() {
  local live
  live=$(certbot_live trust certbot-b.example.test)
  certbot_for nobody prof-test revoke --cert-path "$live/cert.pem" --key-path "$live/privkey.pem" --reason keycompromise --no-delete-after-revoke
  check_revoked "$live/fullchain.pem"
}

certbot_eab() {
  local kid hmac solver
  certbot_solver http
  read -r kid hmac < <(new_eab_key certbot)
  certbot_for eab prof-eab certonly "${certbot_terms[@]}" "${solver[@]}" --eab-kid "$kid" --eab-hmac-key "$hmac" -d certbot-eab.example.test
  certbot_check eab certbot-eab.example.test certbot-eab.example.test
}

certbot_leaves() {
  certbot_for leaver prof-test register "${certbot_terms[@]}"
  certbot_for leaver prof-test update_account -m other@example.test
  certbot_for leaver prof-test show_account
  certbot_for leaver prof-test unregister
}

certbot_cases() {
  try certbot 'registers and issues, trust, ECDSA' certbot_issue trust prof-test http ecdsa certbot-a.example.test
  try certbot 'several names, RSA, trust' certbot_issue trust prof-test http rsa certbot-b.example.test certbot-c.example.test
  try certbot 'renews, trust' certbot_renew trust prof-test certbot-a.example.test
  try certbot 'revokes by the account' certbot_revoke trust prof-test certbot-a.example.test
  try certbot 'revokes by the certificate key, without an account' certbot_revoke_by_key
  try certbot 'http-01' certbot_issue challenge prof-challenge http ecdsa certbot-h.example.test
  try certbot 'http-01, several names' certbot_issue challenge prof-challenge http ecdsa certbot-h1.example.test certbot-h2.example.test
  try certbot 'dns-01, wildcard and its parent' certbot_issue challenge prof-challenge dns ecdsa '*.certbot-w.example.test' certbot-w.example.test
  try certbot 'renews, challenge' certbot_renew challenge prof-challenge certbot-h.example.test
  try certbot 'revokes, challenge' certbot_revoke challenge prof-challenge certbot-h.example.test
  try certbot 'EAB' certbot_eab
  try certbot 'changes its contact and leaves' certbot_leaves
}
