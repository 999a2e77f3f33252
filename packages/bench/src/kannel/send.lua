-- Sends one message per request over smsbox's HTTP interface, each to another number.
-- The URL given to wrk holds the account, so that only the number and the text are added here.

local threads = 0

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init()
  sent = 0
end

-- Ten million numbers per thread, and nine threads, before one comes again.
function request()
  sent = sent + 1
  local number = string.format("%d%07d", id + 1, sent % 10000000)
  return wrk.format("GET", string.format("%s&to=%%2B49151%s&text=Your+code+is+%s", wrk.path, number, number))
end

-- `requests` are answers of any status; Kannel answers 202 for a message it took, and 4xx or 503 for one it did not.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.3f,"refused":%d,"broken":%d,"p50":%.3f,"p95":%.3f,"p99":%.3f,"max":%.3f}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
