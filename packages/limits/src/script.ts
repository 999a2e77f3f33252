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
 * Slots come packed: MACS holds 16 bytes for each, TOKENS as many for each as for any other, and a slot's key is PREFIX and
 * its MAC. As keys and arguments of their own they would cost the client and Redis more than the slots do. All keys have
 * the hash tag of PREFIX, so that they lie together in a cluster too.
 */
const SLOTS = `
local function slots(prefix, macs, tokens)
  local count, i = #macs / 16, 0
  local size = #tokens / count
  return function()
    if i == count then return nil end
    i = i + 1
    return i, prefix .. string.sub(macs, i * 16 - 15, i * 16), string.sub(tokens, (i - 1) * size + 1, i * size)
  end
end
`;

/**
 * KEYS: warm, window, PREFIX. ARGV: the server's run id, limit a second, slot's life in ms, MACS, TOKENS → nothing when the
 * slots of the last minute may be gone (see warm.ts), else the epoch, then two integers for each slot that was not taken
 * and is not mine already: its place from 0, and n > 0 when the number is taken for n ms more, n < 0 when the system is full
 * for -n ms.
 */
export const TAKE_SENDS = `${WINDOW}${SLOTS}
local warm = redis.call('GET', KEYS[1])
local run = ARGV[1] .. ':'
if not warm or string.sub(warm, 1, #run) ~= run then return {} end
local limit = tonumber(ARGV[2])
local total = advance(KEYS[2])
local added = 0
local full = nil
local results = { string.sub(warm, #run + 1) }
for i, key, token in slots(KEYS[3], ARGV[4], ARGV[5]) do
  local result = 0
  if total + added >= limit then
    if redis.call('GET', key) ~= token then
      full = full or roomInMs(KEYS[2])
      result = -full
    end
  elseif redis.call('SET', key, token, 'PX', ARGV[3], 'NX') then
    added = added + 1
  elseif redis.call('GET', key) ~= token then
    result = math.max(1, redis.call('PTTL', key))
  end
  if result ~= 0 then
    results[#results + 1] = i - 1
    results[#results + 1] = result
  end
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

/** KEYS: PREFIX. ARGV: MACS, TOKENS. Gives back the slots that are still held by these tokens. */
export const RELEASE = `${SLOTS}
local released = 0
for _, key, token in slots(KEYS[1], ARGV[1], ARGV[2]) do
  if redis.call('GET', key) == token then released = released + redis.call('DEL', key) end
end
return released
`;

/**
 * KEYS: lock, PREFIX. ARGV: epoch, the lock's new life in ms, MACS, TOKENS, then each slot's remaining life in ms → 1, or 0
 * when the lock is not this epoch's any more: the server was wiped meanwhile. A slot that is there stays.
 */
export const REFILL = `${SLOTS}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
for i, key, token in slots(KEYS[2], ARGV[3], ARGV[4]) do redis.call('SET', key, token, 'PX', ARGV[4 + i], 'NX') end
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
