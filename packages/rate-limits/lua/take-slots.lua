-- Takes the slots of those numbers that are free, in order, while the quotas of their clients and the send window have room.
--
-- KEYS: complete mark, send window, newer slots, older slots, what clients have used
-- ARGV: run id of the server, sends a second, life of a slot in ms, MACS, owner, QUOTAS
--
-- Returns nil while slots may be missing (src/slots-state.ts). Else one flat list: the epoch, then three values for
-- each slot that is refused: its index from 0, the reason, and the milliseconds until a retry can succeed.
-- For each group that has just passed four fifths of its sends an hour: its index from 0, NEAR_COUNTRY_CAP, and its sends.
-- A slot that the owner has already is granted again and not counted again. A slot that is refused counts for nothing.
-- Of two slots of one number in a call, the second is refused.

-- @include lib/now
-- @include lib/window
-- @include lib/slots
-- @include lib/ring
-- @include lib/quotas

-- The codes of src/read-decisions.ts: numbers, because names would cost 0.6 microseconds for each refused slot.
local NUMBER_SLOT_TAKEN, TAKEN_BY_ANOTHER_CLIENT, SEND_WINDOW_FULL = 1, 2, 6
local CLIENT_SECOND_FULL, CLIENT_DAY_FULL, COUNTRY_HOUR_FULL, NEAR_COUNTRY_CAP = 3, 4, 5, 7
local NEAR = 0.8

local mark, window, newer, older, used = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local limit, life, macs, owner = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], ARGV[5]

local complete = call('GET', mark)
local run = ARGV[1] .. ':'
if not complete or sub(complete, 1, #run) ~= run then return nil end

-- This write changes nothing. A full Redis refuses it, and the script ends here. Otherwise the first write would be one
-- that frees memory, which a full Redis allows, and the script would go on and take slots.
call('SETNX', mark, '')

local ends = now + life
local clients, groups, group_of = read_quotas(ARGV, 6)
local limited = read_used(used, clients)
local ends_and_owner = string.format('%.0f:', ends) .. owner .. '/'
for _, client in ipairs(clients) do client.slot_value = ends_and_owner .. client.id end
for _, client in ipairs(limited) do
  client.room = math.min(client.per_second - ring_total(client.record), client.per_day - client.sends)
end
for _, group in ipairs(groups) do
  if group.per_hour < huge then group.room = group.per_hour - (group.client.countries[group.country] or 0) end
end

-- Why a client whose quota is used up gets no more. Of several reasons the one that lasts longest is told.
local function quota_refusal(client, group)
  if client.granted >= client.per_day - client.sends then return CLIENT_DAY_FULL, (day + 1) * DAY_MS - now end
  if group.granted >= group.room then return COUNTRY_HOUR_FULL, (hour + 1) * HOUR_MS - now end
  return CLIENT_SECOND_FULL, ring_room_in_ms(client.record)
end

local total, added, room_in = advance(window), 0, nil
local reply = { sub(complete, #run + 1) }
local granted = {}

rotate(newer, older)
for from, fields in pages(macs) do
  local values, taken = read_slots(newer, older, fields), {}
  for i, field in ipairs(fields) do
    local group = group_of(from + i - 1)
    local client = group.client
    local value, reason, retry_after = granted[field] or values[i], nil, nil
    if value then
      if granted[field] or owner_of(value) ~= owner then
        local other = client_of(value)
        reason = other and other ~= client.id and TAKEN_BY_ANOTHER_CLIENT or NUMBER_SLOT_TAKEN
        retry_after = end_of(value) - now
      else
        granted[field] = value
      end
    elseif client.granted >= client.room or group.granted >= group.room then
      reason, retry_after = quota_refusal(client, group)
    elseif total + added >= limit then
      room_in = room_in or room_in_ms(window)
      reason, retry_after = SEND_WINDOW_FULL, room_in
    else
      value = client.slot_value
      granted[field] = value
      added = added + 1
      client.granted = client.granted + 1
      group.granted = group.granted + 1
      taken[#taken + 1] = field
      taken[#taken + 1] = value
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

for index, group in ipairs(groups) do
  if group.per_hour < huge and group.granted > 0 then
    local countries = group.client.countries
    local before = countries[group.country] or 0
    countries[group.country] = before + group.granted
    if before < NEAR * group.per_hour and before + group.granted >= NEAR * group.per_hour then
      reply[#reply + 1] = index - 1
      reply[#reply + 1] = NEAR_COUNTRY_CAP
      reply[#reply + 1] = before + group.granted
    end
  end
end
for _, client in ipairs(limited) do
  if client.granted > 0 then
    ring_add(client.record, client.granted)
    client.sends = client.sends + client.granted
    client.changed = true
  end
end
write_used(used, limited)
return reply
