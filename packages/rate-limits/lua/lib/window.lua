-- A sliding window of one second, in a hash. Needs lib/now.
--
-- Fields: one count for each bucket of 10 ms, `n` (the total) and `o` (the oldest bucket that is kept).
-- The last 101 buckets count, so every event of the last second does. No second ever holds more events than the limit;
-- the price is that an event counts for up to 1.01 s.

local bucket = math.floor(now / 10)

-- Drops the buckets that are too old. Returns the total of the rest.
local function advance(key)
  local oldest = tonumber(redis.call('HGET', key, 'o'))
  -- The clock was set back, or everything is too old.
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

-- Counts events in the current bucket. An unused window expires after 5 s.
local function record(key, count)
  if count > 0 then
    redis.call('HINCRBY', key, 'n', count)
    redis.call('HINCRBY', key, bucket, count)
  end
  redis.call('PEXPIRE', key, 5000)
end

-- Milliseconds until the oldest bucket with events stops counting.
local function room_in_ms(key)
  local oldest = tonumber(redis.call('HGET', key, 'o'))
  for index = oldest, bucket do
    if redis.call('HEXISTS', key, index) == 1 then return (index + 101) * 10 - now end
  end
  return (bucket + 101) * 10 - now
end
