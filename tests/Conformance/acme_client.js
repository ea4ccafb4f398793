// One step of an ACME client on npm's acme-client: node acme_client.js DIRECTORY FOLDER HTTP01_PORT VERB [argument...]
'use strict';
const acme = require('acme-client');
const assert = require('node:assert');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const [directoryUrl, folder, port, verb, ...args] = process.argv.slice(2);
const file = (name) => path.join(folder, name);
fs.mkdirSync(folder, { recursive: true });

async function connect(kind = 'ec') {
  if (!fs.existsSync(file('account.key'))) {
    const made = kind === 'rsa' ? await acme.crypto.createPrivateRsaKey() : await acme.crypto.createPrivateEcdsaKey();
    fs.writeFileSync(file('account.key'), made);
  }
  const externalAccountBinding = process.env.EAB_KID && { kid: process.env.EAB_KID, hmacKey: process.env.EAB_HMAC };
  const client = new acme.Client({
    directoryUrl, accountKey: fs.readFileSync(file('account.key')), externalAccountBinding: externalAccountBinding || undefined,
    backoffMin: 200, backoffMax: 1000, backoffAttempts: 20,
  });
  await client.createAccount({ termsOfServiceAgreed: true, contact: ['mailto:node@example.test'] });
  return client;
}

async function updateText(action, authz, value) {
  const body = JSON.stringify({ fqdn: `_acme-challenge.${authz.identifier.value}.`, value });
  const answer = await fetch(`${process.env.DNS_UPDATES}/${action}`, { method: 'POST', body });
  assert.ok(answer.ok);
}

async function issue(kind, type, ...names) {
  const client = await connect(kind);
  const tokens = new Map();
  const server = http.createServer((request, response) => {
    const answer = tokens.get(request.url.split('/').pop());
    response.writeHead(answer ? 200 : 404, { 'Content-Type': 'text/plain' }).end(answer);
  });
  await new Promise((listening) => server.listen(Number(port), '127.0.0.1', listening));
  try {
    const [key, csr] = await acme.crypto.createCsr({ altNames: names }, await acme.crypto.createPrivateEcdsaKey());
    const chain = await client.auto({
      csr, skipChallengeVerification: true, challengePriority: [type],
      challengeCreateFn: (authz, challenge, value) => (challenge.type === 'dns-01' ? updateText('present', authz, value) : tokens.set(challenge.token, value)),
      challengeRemoveFn: (authz, challenge, value) => (challenge.type === 'dns-01' ? updateText('cleanup', authz, value) : tokens.delete(challenge.token)),
    });
    fs.writeFileSync(file(`${names[0]}.key`), key);
    fs.writeFileSync(file(`${names[0]}.pem`), chain);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function revoke(name) {
  const client = await connect();
  await client.revokeCertificate(fs.readFileSync(file(`${name}.pem`)), { reason: 4 });
  await assert.rejects(client.revokeCertificate(fs.readFileSync(file(`${name}.pem`)), { reason: 4 }), /revoked/i);
}

async function rollover() {
  const client = await connect();
  const [url, old] = [client.getAccountUrl(), fs.readFileSync(file('account.key'))];
  const key = await acme.crypto.createPrivateEcdsaKey();
  await client.updateAccountKey(key);
  fs.writeFileSync(file('account.key'), key);
  assert.strictEqual((await connect()).getAccountUrl(), url);
  const former = new acme.Client({ directoryUrl, accountKey: old, accountUrl: url });
  await assert.rejects(former.updateAccount());
}

async function deauthorize(name) {
  const client = await connect();
  const order = await client.createOrder({ identifiers: [{ type: 'dns', value: name }] });
  const [authorization] = await client.getAuthorizations(order);
  const gone = await client.deactivateAuthorization(authorization);
  assert.strictEqual(gone.status, 'deactivated');
  assert.strictEqual((await client.getOrder(order)).status, 'invalid');
}

async function leave() {
  const client = await connect('rsa');
  const updated = await client.updateAccount({ contact: ['mailto:other@example.test'] });
  assert.deepStrictEqual(updated.contact, ['mailto:other@example.test']);
  const gone = await client.updateAccount({ status: 'deactivated' });
  assert.strictEqual(gone.status, 'deactivated');
  await assert.rejects(client.createOrder({ identifiers: [{ type: 'dns', value: 'a.example.test' }] }));
}

({ issue, revoke, rollover, deauthorize, leave })[verb](...args).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
