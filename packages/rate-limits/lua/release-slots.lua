-- Frees the slots that still belong to the owner, and gives their clients the sends of the day and of the hour back.
--
-- KEYS: newer slots, older slots, what clients have used
-- ARGV: MACS, owner, QUOTAS
--
-- The sends of the second are not given back. A send that was in flight at midnight, or at the end of an
-- hour, is given back to the new one, which so allows one more.

-- @include lib/now
-- @include lib/slots
-- @include lib/ring
-- @include lib/quotas

local newer, older, used = KEYS[1], KEYS[2], KEYS[3]
local clients, groups, group_of = read_quotas(ARGV, 3)
for from, fields in pages(ARGV[1]) do
  local values = read_slots(newer, older, fields)
  for i, field in ipairs(fields) do
    if values[i] and owner_of(values[i]) == ARGV[2] then
      -- One of two slots of one number was granted, so only one is freed.
      if call('HDEL', newer, field) + call('HDEL', older, field) > 0 then
        local group = group_of(from + i - 1)
        group.granted = group.granted + 1
      end
    end
  end
end

local limited = read_used(used, clients)
for _, group in ipairs(groups) do
  local client = group.client
  if client.limited and group.granted > 0 then
    local countries = client.countries
    client.sends = math.max(0, client.sends - group.granted)
    if countries[group.country] then countries[group.country] = math.max(0, countries[group.country] - group.granted) end
    client.changed = true
  end
end
write_used(used, limited)
