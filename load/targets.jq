# What make bench must show, of load/results/bench.json: a line for each figure, with what it is measured beside and its target.
# A figure that is absent from a part that was measured, or null, is missed; a few may be left out when a part is asked for less.
def rounded: if type == "number" then (if . >= 100 then round else . * 1000 | round / 1000 end) else . end;

def at_least(limit): {target: "at least \(limit)", met: (type == "number" and . >= limit)};
def at_most(limit): {target: "at most \(limit)", met: (type == "number" and . <= limit)};
def below(limit): {target: "below \(limit)", met: (type == "number" and . < limit)};
def shown: {target: "", met: (type == "number")};

# What may be left out when a part is asked for less.
def may_be_left_out: IN("agents", "growth_of_agents", "growth_of_agents_cpu", "growth_of_agents_database", "growth_tenfold", "growth_of_table", "trust_ratio", "challenge_ratio");

# Its value, or "absent", or nothing where it was left out.
def figure($path): reduce $path[] as $key (.; if type == "object" and has($key) then .[$key] else values | "absent" end)
  | if . == null and ($path[1] | may_be_left_out | not) then "absent" else values end;

def line($name; $path; judge): select(has($path[0])) | figure($path) | . as $value | judge
  | [$name, ($value | rounded | tostring), .target, if .met then "ok" else "MISSED" end];

def lines:
  line("heartbeats stored/s: to one UPDATE each"; ["heartbeats", "stored_ratio"]; at_least(2)),
  line("  stored/s"; ["heartbeats", "queue", "stored_per_second"]; shown),
  line("  stored/s of one UPDATE each"; ["heartbeats", "baseline", "stored_per_second"]; shown),
  line("  CPU each: to one UPDATE each"; ["heartbeats", "cpu_ratio"]; at_most(0.5)),
  line("  not 202"; ["heartbeats", "failed"]; at_most(0)),
  line("  not stored 30 s after the end"; ["heartbeats", "not_drained"]; at_most(0)),
  line("  seconds until the queue is drained"; ["heartbeats", "queue", "drain_seconds"]; shown),
  line("  lag p99, s"; ["heartbeats", "queue", "lag_p99_seconds"]; below(1)),
  line("  p99 at 167/s, ms"; ["heartbeats", "p99_at167_ms"]; below(100)),
  line("  µs each, 10,000 agents"; ["heartbeats", "agents", "10000", "microseconds"]; shown),
  line("  µs each, 100,000 agents"; ["heartbeats", "agents", "100000", "microseconds"]; shown),
  line("  µs each, 1,000,000 agents"; ["heartbeats", "agents", "1000000", "microseconds"]; shown),
  line("  time each: 1,000,000 agents to 10,000"; ["heartbeats", "growth_of_agents"]; at_most(1.3)),
  line("  CPU each: the same"; ["heartbeats", "growth_of_agents_cpu"]; at_most(1.3)),
  line("  PostgreSQL's part of it: the same"; ["heartbeats", "growth_of_agents_database"]; shown),
  line("RabbitMQ away mid-storm, s"; ["outage", "away_seconds"]; shown),
  line("  s from its return to the strict limits"; ["outage", "recovered_seconds"]; at_most(30)),
  line("  agents whose 202 from before is not stored"; ["outage", "not_stored"]; at_most(0)),
  line("  the same of those who beat on"; ["outage", "not_stored_of_those_who_beat_on"]; at_most(0)),
  line("HEAD new-nonce/s: to bare Kestrel"; ["nonces", "share"]; at_least(0.6)),
  line("  new-nonce/s"; ["nonces", "new_nonce", "per_second"]; shown),
  line("  GET directory/s"; ["nonces", "directory", "per_second"]; shown),
  line("  bare/s"; ["nonces", "bare", "per_second"]; shown),
  line("  GET directory/s: to bare Kestrel"; ["nonces", "directory_share"]; shown),
  line("  rows written"; ["nonces", "rows_written"]; at_most(0)),
  line("  failed requests"; ["nonces", "failed"]; at_most(0)),
  line("bulk of 10,000: to bare keys and signatures"; ["bulk", "to_bare"]; at_most(3)),
  line("  seconds"; ["bulk", "ten_thousand", "seconds"]; shown),
  line("  seconds of bare keys and signatures"; ["bulk", "bare", "seconds"]; shown),
  line("  row by row: to it"; ["bulk", "to_row_by_row"]; shown),
  line("  100,000: to 10,000"; ["bulk", "growth_tenfold"]; at_most(13)),
  line("  10,000 of \(.bulk.most? // "most"): to 10,000 alone"; ["bulk", "growth_of_table"]; at_most(1.3)),
  line("renewals/s, 1 worker"; ["workers", "one", "per_second"]; shown),
  line("  2 workers"; ["workers", "two", "per_second"]; shown),
  line("  4 workers"; ["workers", "four", "per_second"]; shown),
  line("signed ACME flows/s, trust: to Pebble"; ["acme-signed", "trust_ratio"]; at_least(1.5)),
  line("  with http-01: to Caddy"; ["acme-signed", "challenge_ratio"]; at_least(3));

["figure", "measured", "target", ""], lines
| "\(.[0] + " " * ([48 - (.[0] | length), 1] | max))\(.[1] + " " * ([12 - (.[1] | length), 1] | max))\(.[2] + " " * ([16 - (.[2] | length), 1] | max))\(.[3])"
