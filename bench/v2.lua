-- What wrk sends, for bench/all, bench/v2-put and bench/raft: over 1000 keys in turn, as the first argument says,
-- PUT of a value, GET or QGET (linearizable) by the v2 API, or V3PUT, the same value by v3's JSON. The second argument is
-- the value's size in bytes, 128 if it is absent.

local keys = 1000
local value
local kind
local at = 0

local function base64(text)
  local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  local out = {}
  for i = 1, #text, 3 do
    local a, b, c = text:byte(i, i + 2)
    local bits = a * 65536 + (b or 0) * 256 + (c or 0)
    for place = 18, 0, -6 do
      local digit = math.floor(bits / 2 ^ place) % 64
      out[#out + 1] = alphabet:sub(digit + 1, digit + 1)
    end
    if not b then out[#out - 1] = "=" end
    if not c then out[#out] = "=" end
  end
  return table.concat(out)
end

local value64

function init(arguments)
  kind = arguments[1] or "PUT"
  value = string.rep("v", tonumber(arguments[2] or 128))
  value64 = base64(value)
  wrk.headers["Content-Type"] =
    kind == "V3PUT" and "application/json" or "application/x-www-form-urlencoded"
  math.randomseed(os.time())
  at = math.random(keys)
end

function request()
  at = at % keys + 1
  if kind == "V3PUT" then
    local body = '{"key":"' .. base64("/bench/k" .. at) .. '","value":"' .. value64 .. '"}'
    return wrk.format("POST", "/v3/kv/put", nil, body)
  end
  if kind == "QGET" then
    return wrk.format("GET", "/v2/keys/bench/k" .. at .. "?quorum=true")
  end
  local body = kind == "PUT" and "value=" .. value or nil
  return wrk.format(kind, "/v2/keys/bench/k" .. at, nil, body)
end

-- Requests a second, p99 in microseconds, errors, p50, requests.
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("RESULT %.0f %d %d %d %d\n",
    summary.requests / (summary.duration / 1e6),
    latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50),
    summary.requests))
end
