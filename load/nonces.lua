-- Requests of one path, as fast as it goes; prints one line of JSON.
request = function() return wrk.format(os.getenv("BENCH_METHOD"), os.getenv("BENCH_PATH")) end

done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('RESULT {"requests":%d,"seconds":%f,"per_second":%f,"failed":%d,"p50_ms":%f,"p99_ms":%f}\n', summary.requests,
    summary.duration / 1e6, summary.requests / (summary.duration / 1e6), e.status + e.connect + e.read + e.write + e.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
