-- The number slots, in two hashes (docs/adr/0017). Needs lib/now.
--
-- A field is the key of a slot, 16 bytes: the MAC of a number, or of a number and whose slot it is (NUMBER_LIMIT_SCOPE).
-- Its value is '<end>:<owner>/<client>': when the slot ends (Unix ms), which call took it, and for which client. A slot that
-- was restored names no client.
-- The field `until` is not a slot: it is the time when the last slot of its hash ends.
-- New slots go to the newer hash. When all slots of the older hash have ended, the hash is dropped as a whole and the
-- newer one takes its place. So no slot has to expire by itself.
--
-- MACS is one string with 16 bytes for each slot: one argument for each slot would cost the client and Redis more.

local call, sub, match = redis.call, string.sub, string.match

local function until_of(hash) return tonumber(call('HGET', hash, 'until') or 0) end
local function owner_of(value) return match(value, ':([^/]*)') end
local function client_of(value) return match(value, '/(.*)$') end
local function end_of(value) return tonumber(match(value, '^%d+')) end

-- Drops the older hash when all its slots have ended.
local function rotate(newer, older)
  if until_of(older) > now then return end
  call('UNLINK', older)
  if call('EXISTS', newer) == 1 then call('RENAME', newer, older) end
end

-- Iterates over MACS in pages: the position of a page's first slot (from 1), and the page's fields.
-- A page has 1,000 fields at most, because unpack() takes only a few thousand values.
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

-- The value of each field whose slot has not ended; false where the number is free.
local function read_slots(newer, older, fields)
  local values, old_values = call('HMGET', newer, unpack(fields)), call('HMGET', older, unpack(fields))
  for i = 1, #fields do
    local value = values[i] or old_values[i]
    values[i] = value and end_of(value) > now and value
  end
  return values
end

-- Writes pairs { field, value, field, value, ... } to the newer hash; `last` is the latest end of them.
-- The key expires a minute after its last slot: rotate() should drop it before that.
local function write_slots(newer, pairs_to_write, last)
  if #pairs_to_write == 0 then return end
  last = math.max(last, until_of(newer))
  call('HSET', newer, unpack(pairs_to_write))
  call('HSET', newer, 'until', string.format('%.0f', last))
  call('PEXPIRE', newer, string.format('%.0f', last - now + 60000))
end
