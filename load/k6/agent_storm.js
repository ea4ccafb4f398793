// Heartbeats of the seeded fleet, each agent in turn; what was accepted must be stored at the end.
// CERTCTL_BASE, CERTCTL_TOKEN (. .certctl/env), CERTCTL_AGENT_TOKEN (the content of .certctl/loadtest-agent-token), SSL_CERT_FILE="$CERTCTL_CA"; k6 run load/k6/agent_storm.js
import http from 'k6/http';
import exec from 'k6/execution';
import { sleep } from 'k6';
import { judge, optionsOf, requestOf, required, scenario, wrongAnswers } from './scenario.js';

const step = 'heartbeat';
const definition = scenario('agent-storm');
const base = `${required('CERTCTL_BASE')}/api/v1`;
const token = required('CERTCTL_TOKEN');
const agentToken = required('CERTCTL_AGENT_TOKEN');
const storeSeconds = 60;

export const options = { ...optionsOf('agent-storm'), teardownTimeout: `${storeSeconds * 2}s` };

export function setup() {
  return { began: Date.now() };
}

export default function () {
  const number = exec.scenario.iterationInTest % definition.agents + 1;
  const id = `ag-loadtest-${String(number).padStart(5, '0')}`;
  const body = JSON.stringify({ version: '2.1.0', hostname: `host-${String(number).padStart(5, '0')}.example.test` });
  judge(http.post(`${base}/agents/${id}/heartbeat`, body, requestOf(step, agentToken)), 202, {
    'accepted': (a) => a.json('status') === 'accepted',
    'when to beat again': (a) => a.json('next_heartbeat_seconds') >= 1 && a.json('next_heartbeat_seconds') <= 3600,
  });
}

/** k6 shares nothing between users: that every agent beat since the beginning is what can be looked for here. */
export function teardown({ began }) {
  const reached = Math.min(definition.agents, Math.floor(Number(__ENV.RATE || definition.rate_per_second) * (Date.now() - began) / 1000 * 0.9));
  const deadline = Date.now() + storeSeconds * 1000;
  let stored = storedSince(began);
  while (stored < reached && Date.now() < deadline) {
    sleep(0.5);
    stored = storedSince(began);
  }
  if (stored < reached) {
    wrongAnswers.add(reached - stored);
    console.error(`only ${stored} of ${reached} agents are stored`);
  }
}

function storedSince(began) {
  let stored = 0;
  let cursor = '';
  for (let page = 0; page < 1000; page++) {
    const list = http.get(`${base}/agents?name_prefix=loadtest-agent-&limit=500${cursor}`, requestOf('agents', token)).json();
    stored += list.data.filter((agent) => Date.parse(agent.last_heartbeat_at) >= began).length;
    if (!list.next_cursor) break;
    cursor = `&cursor=${encodeURIComponent(list.next_cursor)}`;
  }
  return stored;
}
