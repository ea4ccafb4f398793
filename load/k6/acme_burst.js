// The unauthenticated ACME surface: directory, nonce, renewal information. k6 cannot sign, so the certificate that is asked about
// is given: CERTCTL_ACME_DIRECTORY (. .certctl/env), SSL_CERT_FILE="$CERTCTL_CA", CERTCTL_ACME_CERT_ID (base64url(AKI).base64url(serial),
// RFC 9773 4.1); k6 run load/k6/acme_burst.js. The load driver issues one by itself, and looks for repeated nonces, stalls and limits as well.
import http from 'k6/http';
import { header, judge, optionsOf, requestOf, required, scenario } from './scenario.js';

const directoryUrl = required('CERTCTL_ACME_DIRECTORY');
const certificateId = required('CERTCTL_ACME_CERT_ID');
const definition = scenario('acme-burst');
const resources = ['newNonce', 'newAccount', 'newOrder', 'revokeCert', 'keyChange', 'renewalInfo'];
const base64url = /^[A-Za-z0-9_-]+$/;

export const options = { ...optionsOf('acme-burst'), userAgent: `k6 (${definition.users} users)` };

function problemIs(answer, status, type) {
  return header(answer, 'Content-Type').startsWith('application/problem+json') && answer.json('type') === type && answer.json('status') === status;
}

export function setup() {
  return http.get(directoryUrl, requestOf('setup')).json();
}

export default function (directory) {
  judge(http.get(directoryUrl, requestOf('directory')), 200, {
    'the directory has every resource': (a) => resources.every((r) => a.json(r) === directory[r] && a.json(r).startsWith('https://')),
  });
  judge(http.head(directory.newNonce, requestOf('new-nonce')), 200, {
    'a nonce in base64url': (a) => base64url.test(header(a, 'Replay-Nonce')),
    'no nonce is cached': (a) => header(a, 'Cache-Control').includes('no-store'),
  });
  judge(http.get(`${directory.renewalInfo}/${certificateId}`, requestOf('renewal-info')), 200, {
    'a window that ends after it begins': (a) => Date.parse(a.json('suggestedWindow.start')) < Date.parse(a.json('suggestedWindow.end')),
    'when to ask again': (a) => header(a, 'Retry-After') !== '',
  });
  const unknown = requestOf('renewal-info, unknown');
  unknown.responseCallback = http.expectedStatuses(404);
  judge(http.get(`${directory.renewalInfo}/${certificateId.split('.')[0]}.${madeUpSerial()}`, unknown), 404, {
    'an ACME problem': (a) => problemIs(a, 404, 'urn:ietf:params:acme:error:malformed'),
  });
}

/** 16 bytes in base64url, the first below 0x80: a positive number. */
function madeUpSerial() {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  let serial = 'Q';
  for (let i = 0; i < 20; i++) serial += alphabet[Math.floor(Math.random() * 64)];
  return `${serial}A`;
}
