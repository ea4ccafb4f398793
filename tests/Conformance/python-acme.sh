# shellcheck shell=bash
# python3-acme, the library under certbot, by a script of ours. It belongs to the distribution's Python.

# python_acme FOLDER PROFILE VERB argument...
python_acme() {
  REQUESTS_CA_BUNDLE=$ca timeout 120 /usr/bin/python3 "$conformance/python_acme.py" "$(directory_of "$2")" "$work/python-$1" "$http01_port" "${@:3}"
}

# python_acme_issue FOLDER PROFILE ec|rsa name...
python_acme_issue() {
  python_acme "$1" "$2" issue "${@:3}"
  check_certificate "$work/python-$1/$4.pem" "$work/python-$1/$4.key" "${@:4}"
}

python_acme_revoke() {
  check_good "$work/python-$1/$3.pem"
  python_acme "$1" "$2" revoke "$3"
  check_revoked "$work/python-$1/$3.pem"
}

python_acme_eab() {
  local kid hmac
  read -r kid hmac < <(new_eab_key python)
  EAB_KID=$kid EAB_HMAC=$hmac python_acme_issue eab prof-eab ec python-eab.example.test
}

python_acme_cases() {
  try python3-acme 'registers and issues, trust, ES256 account' python_acme_issue trust prof-test ec python-a.example.test python-b.example.test
  try python3-acme 'registers and issues, trust, RSA account' python_acme_issue trust-rsa prof-test rsa python-c.example.test
  try python3-acme 'http-01' python_acme_issue challenge prof-challenge ec python-h.example.test python-h2.example.test
  try python3-acme 'revokes' python_acme_revoke challenge prof-challenge python-h.example.test
  try python3-acme 'EAB' python_acme_eab
  try python3-acme 'EAB required and not given is refused' refused externalAccountRequired python_acme no-eab prof-eab issue ec python-x.example.test
  try python3-acme 'registering again finds the account' python_acme trust prof-test again
  try python3-acme 'a replayed nonce is badNonce' python_acme trust prof-test replay
  try python3-acme 'deactivates its account, which is refused then' python_acme trust prof-test deactivate
}
