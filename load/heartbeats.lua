-- Picks a random agent for each request. PATH_PREFIX chooses the real route or the baseline's.
local prefix = os.getenv("BENCH_PATH_PREFIX")
local body = '{"version":"1.0.0","os":"linux","architecture":"amd64"}'

function init(args)
  math.randomseed(os.time())
  wrk.method = "POST"
  wrk.body = body
  wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN")
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  return wrk.format(nil, string.format("%s/agents/ag-loadtest-%05d/heartbeat", prefix, math.random(1, 5000)))
end

function done(summary, latency, requests)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('RESULT {"requests":%d,"seconds":%.6f,"failed":%d,"p50_ms":%.3f,"p99_ms":%.3f}\n',
    summary.requests, summary.duration / 1e6, failed, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
