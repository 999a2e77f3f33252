-- Takes the slots of those numbers that are free, in order, while the send window has room.
--
-- KEYS: complete mark, send window, newer slots, older slots
-- ARGV: run id of the server, sends a second, life of a slot in ms, MACS, owner
--
-- Returns nil while slots may be missing (src/slots-state.ts). Else one flat list: the epoch, then three values for
-- each slot that is refused: its index from 0, the reason, and the milliseconds until a retry can succeed.
-- A slot that the owner has already is granted again and not counted again.
-- Of two slots of one number in a call, the second is refused.

-- @include lib/now
-- @include lib/window
-- @include lib/slots

-- REFUSED_KINDS of src/limiter.ts: numbers, because names would cost 0.6 microseconds for each refused slot.
local NUMBER_SLOT_TAKEN, SEND_WINDOW_FULL = 1, 2

local mark, window, newer, older = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local limit, life, macs, owner = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], ARGV[5]

local complete = call('GET', mark)
local run = ARGV[1] .. ':'
if not complete or sub(complete, 1, #run) ~= run then return nil end

-- This write changes nothing. A full Redis refuses it, and the script ends here. Otherwise the first write would be one
-- that frees memory, which a full Redis allows, and the script would go on and take slots.
call('SETNX', mark, '')

local ends = now + life
local value_of_owner = string.format('%.0f:', ends) .. owner
local total, added, room_in = advance(window), 0, nil
local reply = { sub(complete, #run + 1) }
local granted_until = {}

rotate(newer, older)
for from, fields in pages(macs) do
  local values, taken = read_slots(newer, older, fields), {}
  for i, field in ipairs(fields) do
    local value, reason, retry_after = values[i], nil, nil
    if granted_until[field] then
      reason, retry_after = NUMBER_SLOT_TAKEN, granted_until[field] - now
    elseif value then
      if owner_of(value) == owner then
        granted_until[field] = end_of(value)
      else
        reason, retry_after = NUMBER_SLOT_TAKEN, end_of(value) - now
      end
    elseif total + added >= limit then
      room_in = room_in or room_in_ms(window)
      reason, retry_after = SEND_WINDOW_FULL, room_in
    else
      granted_until[field] = ends
      added = added + 1
      taken[#taken + 1] = field
      taken[#taken + 1] = value_of_owner
    end
    if reason then
      reply[#reply + 1] = from + i - 2
      reply[#reply + 1] = reason
      reply[#reply + 1] = retry_after
    end
  end
  write_slots(newer, taken, ends)
end
record(window, added)
return reply
