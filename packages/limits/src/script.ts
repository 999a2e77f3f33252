/**
 * Both scripts share a sliding window: a hash of 10 ms buckets with their running total `n` and the oldest bucket
 * kept, `o`. 101 buckets are counted, so every event of the last second is, and a window of one second never holds
 * more than the limit; an event counts for at most 1.01 s. Time is Redis' own: the clocks of the ingress copies differ.
 */
const WINDOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local bucket = math.floor(now / 10)

local function advance(key)
  local oldest = tonumber(redis.call('HGET', key, 'o'))
  if oldest and (oldest > bucket or bucket - oldest > 1000) then
    redis.call('DEL', key)
    oldest = nil
  end
  if not oldest then
    redis.call('HSET', key, 'o', bucket, 'n', 0)
    return 0
  end
  local total = tonumber(redis.call('HGET', key, 'n'))
  local first = bucket - 100
  if oldest < first then
    for index = oldest, first - 1 do
      local count = redis.call('HGET', key, index)
      if count then
        total = total - count
        redis.call('HDEL', key, index)
      end
    end
    redis.call('HSET', key, 'o', first, 'n', total)
  end
  return total
end

local function record(key, count)
  if count > 0 then
    redis.call('HINCRBY', key, 'n', count)
    redis.call('HINCRBY', key, bucket, count)
  end
  redis.call('PEXPIRE', key, 5000)
end

local function roomInMs(key)
  local oldest = tonumber(redis.call('HGET', key, 'o'))
  for index = oldest, bucket do
    if redis.call('HEXISTS', key, index) == 1 then return (index + 101) * 10 - now end
  end
  return (bucket + 101) * 10 - now
end
`;

/**
 * KEYS: warm, window, slot… ARGV: the server's run id, limit a second, slot's life in ms, token… → nothing when the
 * slots of the last minute may be gone (see warm.ts), else the epoch, then one integer for each slot:
 * 0 taken (or mine already) · n > 0 the number is taken for n ms more · n < 0 the system is full for -n ms.
 */
export const TAKE_SENDS = `${WINDOW}
local warm = redis.call('GET', KEYS[1])
local run = ARGV[1] .. ':'
if not warm or string.sub(warm, 1, #run) ~= run then return {} end
local limit = tonumber(ARGV[2])
local total = advance(KEYS[2])
local added = 0
local full = nil
local results = { string.sub(warm, #run + 1) }
for i = 3, #KEYS do
  local token = ARGV[i + 1]
  local result = 0
  if total + added >= limit then
    if redis.call('GET', KEYS[i]) ~= token then
      full = full or roomInMs(KEYS[2])
      result = -full
    end
  elseif redis.call('SET', KEYS[i], token, 'PX', ARGV[3], 'NX') then
    added = added + 1
  elseif redis.call('GET', KEYS[i]) ~= token then
    result = math.max(1, redis.call('PTTL', KEYS[i]))
  end
  results[i - 1] = result
end
record(KEYS[2], added)
return results
`;

/** KEYS: window. ARGV: limit a second, wanted → { granted, ms until there is room }. */
export const TAKE_QUERIES = `${WINDOW}
local granted = math.min(tonumber(ARGV[2]), math.max(0, tonumber(ARGV[1]) - advance(KEYS[1])))
record(KEYS[1], granted)
return { granted, granted < tonumber(ARGV[2]) and roomInMs(KEYS[1]) or 0 }
`;

/** KEYS: slot… ARGV: token… Gives back the slots that are still held by these tokens. */
export const RELEASE = `
local released = 0
for i = 1, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[i] then released = released + redis.call('DEL', KEYS[i]) end
end
return released
`;

/**
 * KEYS: lock, slot… ARGV: epoch, the lock's new life in ms, then token and remaining life in ms for each slot → 1, or 0
 * when the lock is not this epoch's any more: the server was wiped meanwhile. A slot that is there stays.
 */
export const REFILL = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
for i = 2, #KEYS do redis.call('SET', KEYS[i], ARGV[2 * i - 1], 'PX', ARGV[2 * i], 'NX') end
return 1
`;

/** KEYS: lock, warm. ARGV: epoch, run id → 1 when everything that was put back since the lock was taken is still there. */
export const DECLARE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2] .. ':' .. ARGV[1])
redis.call('DEL', KEYS[1])
return 1
`;

/** KEYS: lock. ARGV: epoch. Gives the lock back if it is this epoch's. */
export const UNLOCK = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`;
