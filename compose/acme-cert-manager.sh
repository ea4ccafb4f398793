#!/usr/bin/env bash
# cert-manager in a kind cluster against an instance of its own: an issuer in trust mode and one in challenge mode, a certificate
# of each, its secret judged by openssl. Without KIND_AVAILABLE=1 it is skipped.
#   acme-cert-manager.sh                              the test
#   acme-cert-manager.sh render SERVER CA_FILE DIR    the manifests only, filled in, into DIR
# Reads only CERTCTL_TEST_*, KIND_AVAILABLE and CERT_MANAGER_MANIFEST (a file, where the cluster's host cannot download it).
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/compose/lib/say.sh"
. "$repository/compose/lib/pidfile.sh"
. "$repository/compose/lib/state.sh"
. "$repository/compose/lib/packages.sh"
. "$repository/compose/lib/dotnet.sh"
. "$repository/compose/lib/instance.sh"
. "$repository/tests/Conformance/cases.sh"
. "$repository/tests/Conformance/checks.sh"

# cert-manager 1.21 supports Kubernetes 1.33 to 1.36; a node image belongs to its kind release.
kind_version=v0.33.0
node_image=kindest/node:v1.36.4@sha256:099e049362a1526b2db71494e1947aae99bd16290d7c895f2b7ea312e3cbfaed
cert_manager_version=v1.21.2
cert_manager_manifest=${CERT_MANAGER_MANIFEST:-https://github.com/cert-manager/cert-manager/releases/download/$cert_manager_version/cert-manager.yaml}

cluster=certctl-acme namespace=certctl-test
server_port=18463 http01_port=15082 dns_port=15373 dns_update_port=15374

# render SERVER CA_FILE DIR
render() {
  local name bundle
  bundle=$(base64 -w0 -- "$2")
  mkdir -p -- "$3"
  for name in kind issuers certificates; do
    sed -e "s|@SERVER@|$1|; s|@CA_BUNDLE@|$bundle|; s|@HTTP01_PORT@|$http01_port|" "$repository/tests/Conformance/cert-manager/$name.yaml" >"$3/$name.yaml"
  done
}

kube() { kubectl --kubeconfig "$work/kubeconfig" "$@"; }

check_tools() {
  local tool found
  for tool in kind kubectl docker; do
    command -v "$tool" >/dev/null || fail "KIND_AVAILABLE=1, but there is no $tool"
  done
  found=$(kind version | grep -oE 'v[0-9]+\.[0-9]+\.[0-9]+' | head -n 1)
  [[ $found == "$kind_version" ]] || fail "kind $kind_version is wanted, for its node image; this is $found"
  ensure_tools curl openssl
}

start_cluster() {
  step "Creating the cluster $cluster (kind $kind_version, ${node_image%@*})"
  kind delete cluster --name "$cluster" >/dev/null 2>&1
  kind create cluster --name "$cluster" --image "$node_image" --config "$work/manifests/kind.yaml" --kubeconfig "$work/kubeconfig" --wait 180s \
    >"$state_dir/logs/kind.log" 2>&1 || {
    show_log_end "$state_dir/logs/kind.log"
    fail 'kind create cluster failed'
  }
  # The address of this host as the cluster's pods reach it.
  gateway=$(docker network inspect kind --format '{{range .IPAM.Config}}{{.Gateway}} {{end}}' | tr ' ' '\n' | grep -m 1 -E '^[0-9]+(\.[0-9]+){3}$') ||
    fail 'the network of kind has no IPv4 gateway'
  base=https://$gateway:$server_port
  step_done "this host is $gateway there"
}

install_cert_manager() {
  step "Installing cert-manager $cert_manager_version"
  {
    kube apply -f "$cert_manager_manifest" &&
      kube -n cert-manager wait deployment --all --for=condition=Available --timeout=300s
  } >"$state_dir/logs/cert-manager.log" 2>&1 || {
    show_log_end "$state_dir/logs/cert-manager.log"
    fail 'cert-manager did not start'
  }
  step_done 'available'
}

start_dns() {
  dotnet build "$repository/load/Driver" -c Release --nologo -v q >"$state_dir/logs/driver.log" || fail "see $state_dir/logs/driver.log"
  setsid "$repository/load/Driver/bin/Release/net10.0/Certctl.Load" dns --port "$dns_port" --update-port "$dns_update_port" \
    </dev/null >"$state_dir/logs/dns.log" 2>&1 &
  record_pid "$state_dir/pids/dns" $!
  within 15 port_answers "$dns_update_port" || fail "the resolver did not start: $state_dir/logs/dns.log"
}

start_product() {
  # The gateway's address belongs to this host alone, but the cluster must reach the port.
  export CERTCTL_SERVER_HOST=0.0.0.0 CERTCTL_ACME_PUBLIC_URL=$base
  export CERTCTL_ACME_SERVER_ENABLED=true CERTCTL_ACME_SERVER_DNS01_RESOLVER=127.0.0.1:$dns_port CERTCTL_ACME_SERVER_ALLOW_LOOPBACK=true
  export CERTCTL_ACME_SERVER_HTTP01_PORT=$http01_port
  start_claimed
  ca=$state_dir/ca.pem
}

issuer_is_ready() { kube wait "clusterissuer/$1" --for=condition=Ready --timeout=120s; }

# secret_part SECRET KEY FILE
secret_part() { kube -n "$namespace" get secret "$1" -o "go-template={{index .data \"$2\"}}" | base64 -d >"$3"; }

# certificate_is_issued NAME name...: ready, and its secret holds a chain to the root for these names and the key beside it.
certificate_is_issued() {
  kube -n "$namespace" wait "certificate/$1" --for=condition=Ready --timeout=300s || {
    kube -n "$namespace" describe certificate,certificaterequest,order,challenge
    return 1
  }
  secret_part "$1-tls" tls.crt "$work/$1.crt"
  secret_part "$1-tls" tls.key "$work/$1.key"
  check_certificate "$work/$1.crt" "$work/$1.key" "${@:2}"
  check_good "$work/$1.crt"
}

# certificate_is_renewed NAME name...: a new secret is a new order of the same account.
certificate_is_renewed() {
  local before
  before=$(serial_of "$work/$1.crt")
  kube -n "$namespace" delete secret "$1-tls"
  within 60 secret_exists "$1-tls"
  certificate_is_issued "$@"
  [[ $(serial_of "$work/$1.crt") != "$before" ]]
}

secret_exists() { kube -n "$namespace" get secret "$1" >/dev/null 2>&1; }

clean_up() {
  local status=$?
  trap '' INT TERM
  kind delete cluster --name "$cluster" >/dev/null 2>&1 || status=1
  stop_recorded "$state_dir/pids/dns"
  stop_claimed || status=1
  [[ ! ${summary:-} ]] || echo "$summary"
  exit "$status"
}

if [[ ${1:-} == render ]]; then
  (($# == 4)) || fail 'usage: acme-cert-manager.sh render SERVER CA_FILE DIR'
  render "${@:2}"
  exit
fi

if [[ ${KIND_AVAILABLE:-} != 1 ]]; then
  echo 'skipped: cert-manager needs a cluster; set KIND_AVAILABLE=1 where kind, kubectl and Docker are'
  echo '0 passed, 0 failed, 1 skipped'
  exit
fi

forget_settings CERTCTL_TEST_
use_state "${CERTCTL_TEST_CERT_MANAGER_STATE_DIR:-$repository/.certctl-cert-manager}"
work=$state_dir/cert-manager
rm -rf -- "$work"
mkdir -p -- "$work"
check_tools
# Before the trap: what it stops and wipes must be this instance and no other.
claim_instance "$state_dir" "$server_port" 18093 "${CERTCTL_TEST_CERT_MANAGER_PG_PORT:-25472}" "${CERTCTL_TEST_CERT_MANAGER_AMQP_PORT:-25742}"
trap clean_up EXIT
trap 'exit 130' INT TERM
render - /dev/null "$work/manifests" # kind.yaml; the rest needs the cluster's gateway and the instance's root
start_cluster
install_cert_manager
start_product
start_dns
render "$base" "$ca" "$work/manifests"

try cert-manager 'takes the manifests' kube apply -f "$work/manifests/issuers.yaml" -f "$work/manifests/certificates.yaml"
try cert-manager 'registers, trust' issuer_is_ready certctl-trust
try cert-manager 'registers, challenge' issuer_is_ready certctl-challenge
try cert-manager 'issues, trust, two names' certificate_is_issued trust kind-a.example.test kind-b.example.test
try cert-manager 'issues, http-01' certificate_is_issued challenge acme-http01.certctl-test.svc.cluster.local
try cert-manager 'issues again for a deleted secret' certificate_is_renewed trust kind-a.example.test kind-b.example.test
summary="$passed passed, $failed failed, $skipped skipped"
((failed == 0 && passed > 0)) || exit 1
