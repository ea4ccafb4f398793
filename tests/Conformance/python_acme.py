"""One step of an ACME client on python3-acme: python_acme.py DIRECTORY FOLDER HTTP01_PORT VERB [argument...]"""
import json
import os
import pathlib
import sys

import josepy
import OpenSSL
from acme import challenges, client, crypto_util, errors, messages, standalone
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography import x509

directory_url, folder, port, verb, *arguments = sys.argv[1:]
folder = pathlib.Path(folder)
folder.mkdir(parents=True, exist_ok=True)


def account_key(kind):
    file = folder / "account.json"
    if file.exists():
        return josepy.JWK.json_loads(file.read_text())
    if kind == "rsa":
        key = josepy.JWKRSA(key=josepy.ComparableRSAKey(rsa.generate_private_key(65537, 2048)))
    else:
        key = josepy.JWKEC(key=josepy.ComparableECKey(ec.generate_private_key(ec.SECP256R1())))
    file.write_text(key.json_dumps())
    return key


def connect(kind="ec"):
    key = account_key(kind)
    net = client.ClientNetwork(key, alg=josepy.ES256 if isinstance(key, josepy.JWKEC) else josepy.RS256)
    return client.ClientV2(client.ClientV2.get_directory(directory_url, net), net), key


def registered(kind="ec"):
    acme, key = connect(kind)
    file = folder / "registration.json"
    if file.exists():
        acme.net.account = messages.RegistrationResource.from_json(json.loads(file.read_text()))
        return acme, key
    binding = None
    if "EAB_KID" in os.environ:
        binding = messages.ExternalAccountBinding.from_data(
            key.public_key(), os.environ["EAB_KID"], os.environ["EAB_HMAC"], acme.directory)
    account = acme.new_account(messages.NewRegistration.from_data(
        email="python@example.test", terms_of_service_agreed=True, external_account_binding=binding))
    file.write_text(json.dumps(account.to_json()))
    return acme, key


def issue(kind, *names):
    acme, key = registered(kind)
    pair = ec.generate_private_key(ec.SECP256R1())
    pem = pair.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).add_extension(
        x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), critical=False).sign(pair, hashes.SHA256())
    order = acme.new_order(request.public_bytes(serialization.Encoding.PEM))
    pending = [a for a in order.authorizations if a.body.status != messages.STATUS_VALID]
    chosen = [next(c for c in a.body.challenges if isinstance(c.chall, challenges.HTTP01)) for a in pending]
    resources = set()
    for c in chosen:
        response, validation = c.response_and_validation(key)
        resources.add(standalone.HTTP01RequestHandler.HTTP01Resource(chall=c.chall, response=response, validation=validation))
    server = standalone.HTTP01DualNetworkedServers(("127.0.0.1", int(port)), resources) if chosen else None
    try:
        if server:
            server.serve_forever()
        for c in chosen:
            acme.answer_challenge(c, c.response(key))
        finished = acme.poll_and_finalize(order)
    finally:
        if server:
            server.shutdown_and_server_close()
    (folder / f"{names[0]}.key").write_bytes(pem)
    (folder / f"{names[0]}.pem").write_text(finished.fullchain_pem)


def revoke(name):
    acme, _ = registered()
    certificate = OpenSSL.crypto.load_certificate(OpenSSL.crypto.FILETYPE_PEM, (folder / f"{name}.pem").read_bytes())
    acme.revoke(josepy.ComparableX509(certificate), 5)


def again():
    first, _ = registered()
    acme, _ = connect()
    try:
        acme.new_account(messages.NewRegistration.from_data(email="python@example.test", terms_of_service_agreed=True))
    except errors.ConflictError as conflict:
        assert conflict.location == first.net.account.uri, (conflict.location, first.net.account.uri)
        return
    raise AssertionError("a second account was made")


def replay():
    acme, _ = registered()
    uri = acme.net.account.uri
    acme.query_registration(acme.net.account)
    spent = acme.net._get_nonce(uri, acme.directory["newNonce"])
    for expected in (None, "badNonce"):
        body = acme.net._wrap_in_jws(None, spent, uri)
        answer = acme.net.session.post(uri, data=body, headers={"Content-Type": "application/jose+json"})
        problem = None if answer.ok else answer.json()["type"].rsplit(":", 1)[1]
        assert problem == expected, (answer.status_code, answer.text)
    assert answer.status_code == 400 and "Replay-Nonce" in answer.headers, answer.headers


def deactivate():
    acme, _ = registered()
    gone = acme.deactivate_registration(acme.net.account)
    assert gone.body.status == "deactivated", gone
    try:
        acme.query_registration(acme.net.account)
    except messages.Error as error:
        assert error.code == "unauthorized", error
        return
    raise AssertionError("a deactivated account was served")


{"issue": issue, "revoke": revoke, "again": again, "replay": replay, "deactivate": deactivate}[verb](*arguments)
