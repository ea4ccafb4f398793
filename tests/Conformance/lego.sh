# shellcheck shell=bash
# lego: each case names the folder of its account and certificates. It registers where the folder is new.

# lego_for FOLDER PROFILE option... command...
lego_for() {
  LEGO_CA_CERTIFICATES=$ca HTTPREQ_ENDPOINT=http://127.0.0.1:$dns_update_port HTTPREQ_POLLING_INTERVAL=1 \
    timeout 120 lego --path "$work/lego-$1" --server "$(directory_of "$2")" --accept-tos --email lego@example.test "${@:3}"
}

# Sets the array solver: to trust is to answer http-01 if it were asked.
lego_solver() {
  case $1 in
    http) solver=(--http --http.port "127.0.0.1:$http01_port") ;;
    tls) solver=(--tls --tls.port "127.0.0.1:$tlsalpn01_port") ;;
    dns) solver=(--dns httpreq --dns.disable-cp) ;;
    deaf) solver=(--http --http.port 127.0.0.1:15099) ;;
  esac
}

lego_chain() { printf '%s/lego-%s/certificates/%s.crt\n' "$work" "$1" "$2"; }

lego_check() {
  local chain
  chain=$(lego_chain "$1" "$2")
  check_certificate "$chain" "${chain%.crt}.key" "${@:3}"
}

# lego_issue FOLDER PROFILE FILE key-type SOLVER name...: FILE is how lego names it.
lego_issue() {
  local name domains=() solver
  lego_solver "$5"
  for name in "${@:6}"; do domains+=(--domains "$name"); done
  lego_for "$1" "$2" --key-type "$4" "${solver[@]}" "${domains[@]}" run
  lego_check "$1" "$3" "${@:6}"
  if [[ $4 == rsa* ]]; then check_key_type "$(lego_chain "$1" "$3")" rsaEncryption; else check_key_type "$(lego_chain "$1" "$3")" id-ecPublicKey; fi
}

lego_csr() {
  local solver key=$work/lego-csr.key csr=$work/lego-csr.pem
  openssl req -new -newkey rsa:2048 -nodes -keyout "$key" -out "$csr" -subj / -addext 'subjectAltName=DNS:lego-csr.example.test' 2>/dev/null
  lego_solver http
  lego_for trust prof-test "${solver[@]}" --csr "$csr" run
  check_certificate "$(lego_chain trust lego-csr.example.test)" "$key" lego-csr.example.test
}

lego_renew() {
  local solver before
  before=$(serial_of "$(lego_chain "$1" "$3")")
  lego_solver http
  lego_for "$1" "$2" "${solver[@]}" --domains "$3" renew --days 4000 --no-random-sleep
  lego_check "$1" "$3" "$3"
  [[ $(serial_of "$(lego_chain "$1" "$3")") != "$before" ]]
}

lego_revoke() {
  local chain
  chain=$(lego_chain "$1" "$3")
  check_good "$chain"
  lego_for "$1" "$2" --domains "$3" revoke --keep --reason 4
  check_revoked "$chain"
}

lego_eab() {
  local solver kid hmac
  read -r kid hmac < <(new_eab_key lego)
  lego_solver http
  lego_for eab prof-eab --eab --kid "$kid" --hmac "$hmac" "${solver[@]}" --domains lego-eab.example.test run
  lego_check eab lego-eab.example.test lego-eab.example.test
}

lego_eab_wrong_key() {
  local kid
  read -r kid _ < <(new_eab_key lego-wrong)
  lego_refused unauthorized eab-wrong prof-eab http a.example.test --eab --kid "$kid" --hmac AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
}

# lego_refused TEXT FOLDER PROFILE SOLVER NAME [option...]
lego_refused() {
  local solver
  lego_solver "$4"
  refused "$1" lego_for "$2" "$3" "${solver[@]}" "${@:6}" --domains "$5" run
}

lego_cases() {
  try lego 'registers and issues, trust, ES256' lego_issue trust prof-test lego-a.example.test ec256 http lego-a.example.test
  try lego 'several names, trust' lego_issue trust prof-test lego-b.example.test ec256 http lego-b.example.test lego-c.example.test www.example.com
  try lego 'RSA account and certificate, trust' lego_issue trust-rsa prof-test lego-rsa.example.test rsa2048 http lego-rsa.example.test
  try lego 'ES384 account and certificate, trust' lego_issue trust-384 prof-test lego-384.example.test ec384 http lego-384.example.test
  try lego 'a CSR of the user' lego_csr
  try lego 'a name that the profile does not allow is refused' lego_refused rejectedIdentifier trust prof-test http lego.example.org
  try lego 'renews, trust' lego_renew trust prof-test lego-a.example.test
  try lego 'revokes; OCSP and CRL say so' lego_revoke trust prof-test lego-a.example.test
  try lego 'http-01' lego_issue challenge prof-challenge lego-h.example.test ec256 http lego-h.example.test
  try lego 'http-01, several names' lego_issue challenge prof-challenge lego-h1.example.test ec256 http lego-h1.example.test lego-h2.example.test
  try lego 'tls-alpn-01' lego_issue challenge prof-challenge lego-t.example.test ec256 tls lego-t.example.test
  try lego 'tls-alpn-01, RSA' lego_issue challenge-rsa prof-challenge lego-tr.example.test rsa2048 tls lego-tr.example.test
  try lego 'dns-01, wildcard' lego_issue challenge prof-challenge _.lego-w.example.test ec256 dns '*.lego-w.example.test'
  try lego 'dns-01, wildcard and its parent' lego_issue challenge prof-challenge lego-p.example.test ec256 dns lego-p.example.test '*.lego-p.example.test'
  try lego 'an unanswered challenge is refused' lego_refused urn:ietf:params:acme:error: challenge prof-challenge deaf lego-none.example.test
  try lego 'renews, challenge' lego_renew challenge prof-challenge lego-h.example.test
  try lego 'revokes, challenge' lego_revoke challenge prof-challenge lego-h.example.test
  try lego 'EAB' lego_eab
  # lego reads meta.externalAccountRequired and does not even ask.
  try lego 'EAB required and not given is refused' lego_refused 'requires External Account Binding' no-eab prof-eab http a.example.test
  try lego 'EAB with a wrong key is refused' lego_eab_wrong_key
}
