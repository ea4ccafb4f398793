# shellcheck shell=bash
# What openssl says of a certificate.

# check_certificate FULLCHAIN KEY NAME...: it chains to the instance's root with what was sent along, serves TLS, is for exactly
# these names, and for this private key.
check_certificate() {
  local chain=$1 key=$2 wanted found
  openssl verify -x509_strict -purpose sslserver -CAfile "$ca" -untrusted "$chain" "$chain"
  wanted=$(printf '%s\n' "${@:3}" | sort)
  found=$(openssl x509 -in "$chain" -noout -ext subjectAltName | tail -n +2 | tr -d ' ' | tr ',' '\n' | sed 's/^DNS://' | sort)
  [[ $found == "$wanted" ]] || {
    printf 'names wanted: %s\nnames found: %s\n' "$wanted" "$found"
    return 1
  }
  [[ $(openssl x509 -in "$chain" -noout -pubkey) == "$(openssl pkey -in "$key" -pubout)" ]] || {
    echo 'the certificate is for another key'
    return 1
  }
}

# check_key_type FULLCHAIN id-ecPublicKey|rsaEncryption
check_key_type() { openssl x509 -in "$1" -noout -text | grep -q "Public Key Algorithm: $2"; }

serial_of() { openssl x509 -in "$1" -noout -serial; }

# The second certificate of a chain.
issuer_of() { awk '/BEGIN CERTIFICATE/ { n++ } n == 2' "$1"; }

# ocsp_status FULLCHAIN: good, revoked or unknown, from the responder that the certificate names, its signature verified.
ocsp_status() {
  local issuer=$work/issuer.pem answer
  issuer_of "$1" >"$issuer"
  answer=$(openssl ocsp -issuer "$issuer" -cert "$1" -url "$(openssl x509 -in "$1" -noout -ocsp_uri)" -CAfile "$ca" -no_nonce 2>&1)
  grep -q 'Response verify OK' <<<"$answer" || {
    echo "$answer" >&2
    return 1
  }
  sed -nE "s#^$1: ##p" <<<"$answer"
}

# crl_says_revoked FULLCHAIN: by the list that the certificate names.
crl_says_revoked() {
  local list=$work/list.pem url answer
  url=$(openssl x509 -in "$1" -noout -ext crlDistributionPoints | sed -nE 's/.*URI:(.*)/\1/p' | head -n 1)
  curl -fsS --noproxy '*' "$url" | openssl crl -inform DER -out "$list"
  issuer_of "$1" >"$work/issuer.pem"
  answer=$(openssl verify -partial_chain -crl_check -CRLfile "$list" -CAfile "$work/issuer.pem" "$1" 2>&1) || true
  grep -q 'certificate revoked' <<<"$answer" || {
    echo "$answer"
    return 1
  }
}

check_good() { [[ $(ocsp_status "$1") == good ]]; }

check_revoked() {
  local status
  status=$(ocsp_status "$1")
  [[ $status == revoked ]] || {
    echo "OCSP says $status"
    return 1
  }
  crl_says_revoked "$1" || {
    echo 'the CRL does not say revoked'
    return 1
  }
}
