// Whether the k6 scripts parse, load and judge as the definitions say: node load/k6/check.mjs. k6 itself is not needed; its modules
// are replaced by stubs, and what the stub of http answers is honest at first and a lie then.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'k6-'));
const definitions = JSON.parse(readFileSync(join(here, 'scenarios.json'), 'utf8'));
const counted = {};

globalThis.__ENV = {
  CERTCTL_BASE: 'https://certctl', CERTCTL_TOKEN: 'token', CERTCTL_AGENT_TOKEN: 'agent',
  CERTCTL_ACME_DIRECTORY: 'https://certctl/directory', CERTCTL_ACME_CERT_ID: 'AAAA.BBBB',
};
globalThis.open = (path) => readFileSync(join(here, path), 'utf8');
globalThis.stubs = {
  check: (value, promises) => Object.values(promises).every((holds) => holds(value)),
  metric: class {
    constructor(name) { this.name = name; counted[name] = 0; }
    add(value) { counted[this.name] += Number(value); }
  },
  execution: { scenario: { iterationInTest: 0 } },
  http: { expectedStatuses: () => () => true },
};
const stub = {
  'k6': 'export const check = stubs.check, sleep = () => {};',
  'k6/http': 'export default stubs.http;',
  'k6/metrics': 'export const Counter = stubs.metric, Rate = stubs.metric;',
  'k6/execution': 'export default stubs.execution;',
};

/** The script with the stubs in place of k6, as a module that node runs. */
async function load(file) {
  const script = await import(pathToFileURL(join(folder, file.replace('.js', '.mjs'))));
  return script;
}

function answer(status, body, headers = {}) {
  const at = (path) => path.split('.').reduce((value, key) => value[key], body);
  return { status, headers, json: (path) => (path === undefined ? body : at(path)) };
}

/** Runs one iteration. */
function iterate(script, answers, data) {
  for (const name of Object.keys(counted)) counted[name] = 0;
  for (const method of ['get', 'post', 'head']) stubs.http[method] = (url) => answers(method, url);
  script.default(data);
  return { ...counted };
}

function limitsOf(name, options) {
  for (const { figure, of, limit } of definitions[name].thresholds) {
    if (!figure.startsWith('p9')) continue;
    const expected = `p(${figure.slice(1, 3)})<=${limit}`;
    assert.ok(options.thresholds[`http_req_duration{step:${of}}`].includes(expected), `${name}: ${of} ${expected}`);
  }
  assert.deepEqual(options.thresholds.wrong_answers, ['count<=0']);
  assert.ok(options.thresholds.failed.length > 0, `${name}: failures have no limit`);
  const [load] = Object.values(options.scenarios);
  assert.equal(load.duration, `${definitions[name].duration_seconds}s`);
  assert.equal(load.rate ?? load.vus, definitions[name].rate_per_second ?? definitions[name].users);
}

function judged(name, script, honest, lies, data) {
  limitsOf(name, script.options);
  const fine = iterate(script, honest, data);
  assert.deepEqual([fine.wrong_answers, fine.failed], [0, 0], `${name}: an honest server fails`);
  for (const [lie, answers] of Object.entries(lies)) assert.ok(iterate(script, answers, data).wrong_answers > 0, `${name}: ${lie} passes`);
  const refused = iterate(script, () => answer(503, {}), data);
  assert.ok(refused.failed > 0 && refused.server_errors > 0, `${name}: a 503 passes`);
  console.log(`${name}: honest passes, ${Object.keys(lies).length} lies and a 503 fail`);
}

try {
  for (const file of readdirSync(here).filter((f) => f.endsWith('.js'))) {
    const text = readFileSync(join(here, file), 'utf8')
      .replace(/from '(k6[^']*)'/g, (_, module) => `from 'data:text/javascript,${encodeURIComponent(stub[module])}'`)
      .replace("from './scenario.js'", "from './scenario.mjs'");
    const copy = join(folder, file.replace('.js', '.mjs'));
    writeFileSync(copy, text);
    execFileSync(process.execPath, ['--check', copy], { stdio: 'inherit' });
  }
  cpSync(join(here, 'scenarios.json'), join(folder, 'scenarios.json'));

  const bulk = (id, location = id) => answer(202, { id, status: 'queued', status_url: `/api/v1/bulk-renewals/${id}` }, { Location: `/api/v1/bulk-renewals/${location}` });
  judged('bulk-renewal', await load('bulk_renewal.js'), () => bulk('br-1'), {
    'another location': () => bulk('br-1', 'br-2'),
    'a 200': () => answer(200, {}),
    'no id': () => answer(202, {}),
  });

  const beat = (status, next) => () => answer(202, { status, next_heartbeat_seconds: next });
  judged('agent-storm', await load('agent_storm.js'), beat('accepted', 30), { 'not accepted': beat('ignored', 30), 'no interval': beat('accepted', 0) });

  const urls = Object.fromEntries(['newNonce', 'newAccount', 'newOrder', 'revokeCert', 'keyChange', 'renewalInfo'].map((r) => [r, `https://certctl/${r}`]));
  const acme = (change = {}) => (method, url) => {
    if (url.endsWith('/directory')) return change.directory ?? answer(200, urls);
    if (method === 'head') return change.nonce ?? answer(200, null, { 'Replay-Nonce': 'abc', 'Cache-Control': 'no-store' });
    if (url.endsWith(__ENV.CERTCTL_ACME_CERT_ID)) return change.known ?? answer(200, { suggestedWindow: { start: '2030-01-01T00:00:00Z', end: '2030-01-02T00:00:00Z' } }, { 'Retry-After': '60' });
    return change.unknown ?? answer(404, { type: 'urn:ietf:params:acme:error:malformed', status: 404 }, { 'Content-Type': 'application/problem+json' });
  };
  judged('acme-burst', await load('acme_burst.js'), acme(), {
    'a directory without newOrder': acme({ directory: answer(200, { ...urls, newOrder: undefined }) }),
    'no nonce': acme({ nonce: answer(200, null, { 'Cache-Control': 'no-store' }) }),
    'a nonce that may be cached': acme({ nonce: answer(200, null, { 'Replay-Nonce': 'abc' }) }),
    'no Retry-After': acme({ known: answer(200, { suggestedWindow: { start: '2030-01-01T00:00:00Z', end: '2030-01-02T00:00:00Z' } }) }),
    'a plain JSON 404': acme({ unknown: answer(404, {}, { 'Content-Type': 'application/json' }) }),
  }, urls);
} finally {
  rmSync(folder, { recursive: true });
}
