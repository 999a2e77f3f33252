-- Frees the slots that still belong to the owner.
--
-- KEYS: newer slots, older slots
-- ARGV: MACS, owner

-- @include lib/now
-- @include lib/slots

local newer, older = KEYS[1], KEYS[2]
for _, fields in pages(ARGV[1]) do
  local values = read_slots(newer, older, fields)
  for i, field in ipairs(fields) do
    if values[i] and owner_of(values[i]) == ARGV[2] then
      call('HDEL', newer, field)
      call('HDEL', older, field)
    end
  end
end
