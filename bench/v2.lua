-- What wrk sends, for bench/v2-put: PUT of a 128-byte value, or GET, over 1000 keys in turn.
-- Called with the method as its argument.

local keys = 1000
local method, body
local at = 0

function init(arguments)
  method = arguments[1] or "PUT"
  body = method == "PUT" and "value=" .. string.rep("v", 128) or nil
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  math.randomseed(os.time())
  at = math.random(keys)
end

function request()
  at = at % keys + 1
  return wrk.format(method, "/v2/keys/bench/k" .. at, nil, body)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("RESULT %.0f %d %d\n",
    summary.requests / (summary.duration / 1e6),
    latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
