/** Time is Redis' own: the clocks of the ingress copies differ. */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/**
 * A sliding window: a hash of 10 ms buckets with their running total `n` and the oldest bucket kept, `o`. 101 buckets are
 * counted, so every event of the last second is, and a window of one second never holds more than the limit; an event
 * counts for at most 1.01 s.
 */
const WINDOW = `${NOW}
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
 * The slots are the fields of two hashes (docs/adr/0017): a number's MAC, and until when (Unix ms) it is whose. What is
 * taken goes to the newer hash. Once everything in the older one has ended, it is dropped whole and the newer one takes
 * its place, so that no slot has to end by itself. `until`, a field that no MAC is, tells when the last of a hash ends.
 *
 * MACS holds 16 bytes for each slot: as arguments of their own they would cost the client and Redis more than they do here.
 */
const SLOTS = `
local call, sub, match = redis.call, string.sub, string.match
local function untilOf(hash) return tonumber(call('HGET', hash, 'until') or 0) end
local function holderOf(value) return match(value, ':(.*)$') end
local function endOf(value) return tonumber(match(value, '^%d+')) end

local function turn(newer, older)
  if untilOf(older) > now then return end
  call('UNLINK', older)
  if call('EXISTS', newer) == 1 then call('RENAME', newer, older) end
end

-- Pages of fields, and where each begins: Lua passes a few thousand values at once, and no more.
local function pages(macs)
  local count, first = #macs / 16, 1
  return function()
    if first > count then return nil end
    local from, fields = first, {}
    first = first + 1000
    for i = from, math.min(count, first - 1) do fields[i - from + 1] = sub(macs, i * 16 - 15, i * 16) end
    return from, fields
  end
end

-- What is held of these fields, false where a number is free.
local function look(newer, older, fields)
  local values, before = call('HMGET', newer, unpack(fields)), call('HMGET', older, unpack(fields))
  for i = 1, #fields do
    local value = values[i] or before[i]
    values[i] = value and endOf(value) > now and value
  end
  return values
end

-- taken: field, value, field, value. Kept for a minute longer than they last: it is turn() that should drop them.
local function hold(newer, taken, last)
  if #taken == 0 then return end
  last = math.max(last, untilOf(newer))
  call('HSET', newer, unpack(taken))
  call('HSET', newer, 'until', string.format('%.0f', last))
  call('PEXPIRE', newer, string.format('%.0f', last - now + 60000))
end
`;

/**
 * KEYS: warm, window, newer, older. ARGV: the server's run id, limit a second, slot's life in ms, MACS, HOLDER → nothing
 * when the slots of the last minute may be gone (see warm.ts), else the epoch, then two integers for each slot that was not
 * taken and is not HOLDER's already: its place from 0, and n > 0 when the number is taken for n ms more, n < 0 when the
 * system is full for -n ms. Of two slots of one number the second is not taken.
 */
export const TAKE_SENDS = `${WINDOW}${SLOTS}
local warm = call('GET', KEYS[1])
local run = ARGV[1] .. ':'
if not warm or sub(warm, 1, #run) ~= run then return {} end
-- Does nothing, but is refused by a Redis that is full; one that let the script delete first would let it write as well.
call('SETNX', KEYS[1], '')
local limit, newer, older, holder = tonumber(ARGV[2]), KEYS[3], KEYS[4], ARGV[5]
local ends = now + ARGV[3]
local mine = string.format('%.0f:', ends) .. holder
local total, added, full = advance(KEYS[2]), 0, nil
local results = { sub(warm, #run + 1) }
local seen = {}
turn(newer, older)
for from, fields in pages(ARGV[4]) do
  local values, taken = look(newer, older, fields), {}
  for i, field in ipairs(fields) do
    local value, result = values[i], nil
    if seen[field] then
      result = seen[field] - now
    elseif value then
      if holderOf(value) == holder then seen[field] = endOf(value) else result = endOf(value) - now end
    elseif total + added >= limit then
      full = full or roomInMs(KEYS[2])
      result = -full
    else
      seen[field] = ends
      added = added + 1
      taken[#taken + 1] = field
      taken[#taken + 1] = mine
    end
    if result then
      results[#results + 1] = from + i - 2
      results[#results + 1] = result
    end
  end
  hold(newer, taken, ends)
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

/** KEYS: newer, older. ARGV: MACS, HOLDER. Gives back the slots that are still HOLDER's. */
export const RELEASE = `${NOW}${SLOTS}
for _, fields in pages(ARGV[1]) do
  local values = look(KEYS[1], KEYS[2], fields)
  for i, field in ipairs(fields) do
    if values[i] and holderOf(values[i]) == ARGV[2] then
      call('HDEL', KEYS[1], field)
      call('HDEL', KEYS[2], field)
    end
  end
end
`;

/**
 * KEYS: lock, newer, older. ARGV: epoch, the lock's new life in ms, MACS, then each slot's remaining life in ms → 1, or 0
 * when the lock is not this epoch's any more: the server was wiped meanwhile. Of what is there and what is put back, the
 * later end holds: a replica may have kept a slot that was given back, and lack the one that was taken after it.
 */
export const REFILL = `${NOW}${SLOTS}
if call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
call('PEXPIRE', KEYS[1], ARGV[2])
local newer, older = KEYS[2], KEYS[3]
turn(newer, older)
for from, fields in pages(ARGV[3]) do
  local values, back, last, latest = look(newer, older, fields), {}, 0, {}
  for i, field in ipairs(fields) do
    local ends = now + ARGV[2 + from + i]
    if ends > (latest[field] or values[i] and endOf(values[i]) or 0) then
      latest[field] = ends
      back[#back + 1] = field
      back[#back + 1] = string.format('%.0f:', ends) .. ARGV[1]
      last = math.max(last, ends)
    end
  end
  hold(newer, back, last)
end
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
