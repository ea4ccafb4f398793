// What the scripts share. Loads and limits are those of the load driver, in scenarios.json, which a unit test keeps equal to them.
// k6 reads no CERTCTL_CA: SSL_CERT_FILE="$CERTCTL_CA" makes it trust the instance (load/README.md).
import { check } from 'k6';
import { Counter, Rate } from 'k6/metrics';

const definitions = JSON.parse(open('./scenarios.json'));

/** Answers that are not what they must be: none is forgiven. */
export const wrongAnswers = new Counter('wrong_answers');

/** Every request, whether it failed in any way. */
export const failed = new Rate('failed');

/** Every request, whether its status was 500 or more. */
export const serverErrors = new Rate('server_errors');

export function scenario(name) {
  return definitions[name];
}

/** The options of k6: the load, and every limit that k6 can see. __ENV.DURATION and __ENV.RATE change the load. */
export function optionsOf(name) {
  const definition = scenario(name);
  const duration = __ENV.DURATION || `${definition.duration_seconds}s`;
  const load = definition.model === 'open'
    ? {
      executor: 'constant-arrival-rate', duration, timeUnit: '1s', rate: Number(__ENV.RATE || definition.rate_per_second),
      preAllocatedVUs: definition.max_in_flight, maxVUs: definition.max_in_flight,
    }
    : { executor: 'constant-vus', duration, vus: definition.users };
  return {
    scenarios: { [name]: load },
    thresholds: thresholdsOf(definition),
    summaryTrendStats: ['count', 'med', 'p(95)', 'p(99)', 'max'],
    tlsVersion: { min: 'tls1.2', max: 'tls1.3' },
  };
}

function thresholdsOf(definition) {
  // In the open model k6 drops what no virtual user is free for: that is a failure here.
  const thresholds = { wrong_answers: ['count<=0'], failed: [], server_errors: [], checks: ['rate>0'] };
  if (definition.model === 'open') thresholds.dropped_iterations = ['count<=0'];
  for (const { figure, of, limit } of definition.thresholds) {
    if (figure === 'p95_ms' || figure === 'p99_ms') {
      const metric = `http_req_duration{step:${of}}`;
      const percentile = figure === 'p95_ms' ? 95 : 99;
      thresholds[metric] = [...(thresholds[metric] || []), `p(${percentile})<=${limit}`];
    } else if (figure === 'failed_percent') {
      thresholds.failed.push(`rate<=${limit / 100}`);
    } else if (figure === 'server_error_percent') {
      thresholds.server_errors.push(`rate<=${limit / 100}`);
    }
  }
  return thresholds;
}

/** The parameters of a request of a step. */
export function requestOf(step, token) {
  const headers = { 'Content-Type': 'application/json' };
  if (token) headers.Authorization = `Bearer ${token}`;
  return { headers, tags: { step } };
}

/**
 * Looks at an answer: another status is a failure, a promise that does not hold is a wrong answer.
 * @returns whether it is as it must be
 */
export function judge(answer, status, promises) {
  const arrived = answer.status === status;
  serverErrors.add(answer.status >= 500);
  const fine = arrived && holds(answer, promises);
  if (arrived && !fine) wrongAnswers.add(1);
  if (!arrived && answer.status > 0 && answer.status < 400) wrongAnswers.add(1);
  failed.add(!fine);
  return fine;
}

function holds(answer, promises) {
  try {
    return check(answer, promises);
  } catch {
    return false; // A body that cannot be read keeps no promise.
  }
}

/** A header, whatever the case of its name. */
export function header(answer, name) {
  const found = Object.keys(answer.headers).find((key) => key.toLowerCase() === name.toLowerCase());
  return found === undefined ? '' : answer.headers[found];
}

/** A variable that must be there. */
export function required(name) {
  if (!__ENV[name]) throw new Error(`${name} is not set`);
  return __ENV[name];
}
