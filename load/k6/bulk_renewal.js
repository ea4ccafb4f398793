// Bulk renewals of the seeded certificates: the first forces and must enqueue them all, the others must say why they skip.
// CERTCTL_BASE, CERTCTL_TOKEN (. .certctl/env), SSL_CERT_FILE="$CERTCTL_CA"; k6 run load/k6/bulk_renewal.js
import http from 'k6/http';
import { sleep } from 'k6';
import { failed, judge, optionsOf, requestOf, required, scenario, wrongAnswers } from './scenario.js';

const step = 'bulk-renew';
const definition = scenario('bulk-renewal');
const base = `${required('CERTCTL_BASE')}/api/v1`;
const token = required('CERTCTL_TOKEN');
const drainSeconds = 600;

export const options = { ...optionsOf('bulk-renewal'), setupTimeout: '60s', teardownTimeout: `${drainSeconds + 60}s` };

function accept(force) {
  const answer = http.post(`${base}/certificates/bulk-renew`, JSON.stringify({ environment: 'loadtest', force }), requestOf(step, token));
  judge(answer, 202, {
    'the bulk has an id': (a) => a.json('id').length > 0,
    'Location is the bulk': (a) => a.headers.Location === `/api/v1/bulk-renewals/${a.json('id')}`,
    'status_url is the bulk': (a) => a.json('status_url') === `/api/v1/bulk-renewals/${a.json('id')}`,
  });
  return answer;
}

export function setup() {
  return { first: accept(true).json('id') };
}

export default function () {
  accept(false);
}

/** Every bulk from the first on must complete, with books that balance. */
export function teardown({ first }) {
  const deadline = Date.now() + drainSeconds * 1000;
  for (const id of bulksSince(first)) {
    let bulk = read(id);
    while (!['completed', 'failed', 'cancelled'].includes(bulk.status) && Date.now() < deadline) {
      sleep(0.5);
      bulk = read(id);
    }
    const explained = Object.values(bulk.skipped).reduce((sum, n) => sum + n, 0);
    const fine = bulk.status === 'completed'
      && bulk.total_enqueued === bulk.total_completed && bulk.total_failed === 0 && bulk.total_cancelled === 0
      && bulk.total_matched === definition.certificates && bulk.total_enqueued + bulk.total_skipped === bulk.total_matched
      && explained === bulk.total_skipped && bulk.total_enqueued === (id === first ? definition.certificates : 0);
    if (!fine) {
      wrongAnswers.add(1);
      console.error(`wrong: ${JSON.stringify(bulk)}`);
    }
  }
}

function bulksSince(first) {
  const ids = [];
  let cursor = '';
  // Newest first, until the first of this run.
  for (let page = 0; page < 1000 && !ids.includes(first); page++) {
    const list = http.get(`${base}/bulk-renewals?limit=500${cursor}`, requestOf('list of bulks', token)).json();
    for (const bulk of list.data) if (!ids.includes(first)) ids.push(bulk.id);
    if (!list.next_cursor) break;
    cursor = `&cursor=${encodeURIComponent(list.next_cursor)}`;
  }
  if (!ids.includes(first)) failed.add(true);
  return ids;
}

function read(id) {
  return http.get(`${base}/bulk-renewals/${id}`, requestOf('bulk', token)).json();
}
