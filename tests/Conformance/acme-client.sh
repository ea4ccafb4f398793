# shellcheck shell=bash
# npm's acme-client, by a script of ours.

# acme_client FOLDER PROFILE VERB argument...
acme_client() {
  NODE_EXTRA_CA_CERTS=$ca NODE_PATH=$npm_dir/node_modules DNS_UPDATES=http://127.0.0.1:$dns_update_port \
    timeout 120 node "$conformance/acme_client.js" "$(directory_of "$2")" "$work/node-$1" "$http01_port" "${@:3}"
}

# acme_client_issue FOLDER PROFILE ec|rsa http-01|dns-01 name...
acme_client_issue() {
  acme_client "$1" "$2" issue "${@:3}"
  check_certificate "$work/node-$1/$5.pem" "$work/node-$1/$5.key" "${@:5}"
}

acme_client_revoke() {
  check_good "$work/node-$1/$3.pem"
  acme_client "$1" "$2" revoke "$3"
  check_revoked "$work/node-$1/$3.pem"
}

acme_client_eab() {
  local kid hmac
  read -r kid hmac < <(new_eab_key node)
  EAB_KID=$kid EAB_HMAC=$hmac acme_client_issue eab prof-eab ec http-01 node-eab.example.test
}

# The new key works, and the old one does not any more.
acme_client_rollover() {
  acme_client trust prof-test rollover
  acme_client_issue trust prof-test ec http-01 node-after.example.test
}

acme_client_cases() {
  try acme-client 'registers and issues, trust, ES256 account' acme_client_issue trust prof-test ec http-01 node-a.example.test node-b.example.test
  try acme-client 'registers and issues, trust, RSA account' acme_client_issue trust-rsa prof-test rsa http-01 node-c.example.test
  try acme-client 'http-01' acme_client_issue challenge prof-challenge ec http-01 node-h.example.test
  try acme-client 'dns-01, wildcard and its parent' acme_client_issue challenge prof-challenge ec dns-01 node-w.example.test '*.node-w.example.test'
  try acme-client 'renews (the same names again)' acme_client_issue challenge prof-challenge ec http-01 node-h.example.test
  try acme-client 'revokes' acme_client_revoke challenge prof-challenge node-h.example.test
  try acme-client 'key rollover' acme_client_rollover
  try acme-client 'deactivates an authorization' acme_client challenge prof-challenge deauthorize node-d.example.test
  try acme-client 'EAB' acme_client_eab
  try acme-client 'updates and deactivates its account' acme_client trust-rsa prof-test leave
}
