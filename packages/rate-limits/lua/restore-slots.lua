-- Puts slots back that Redis has lost, and prolongs the lock of the process that restores.
--
-- KEYS: lock, newer slots, older slots
-- ARGV: epoch, the lock's new life in ms, MACS, then the remaining life of each slot in ms
--
-- Returns 1, or 0 when the lock is not this epoch's any more: the server was wiped meanwhile.
-- Where a slot is there already, the later of the two ends holds: a replica may have kept a slot that was released, and
-- lack the slot that was taken after it.

-- @include lib/now
-- @include lib/slots

local lock, newer, older, epoch = KEYS[1], KEYS[2], KEYS[3], ARGV[1]
local LIVES = 3 -- The lives are the arguments after this many.

if call('GET', lock) ~= epoch then return 0 end
call('PEXPIRE', lock, ARGV[2])
rotate(newer, older)
for from, fields in pages(ARGV[3]) do
  local values, restored, last, latest = read_slots(newer, older, fields), {}, 0, {}
  for i, field in ipairs(fields) do
    local ends = now + ARGV[LIVES + from + i - 1]
    if ends > (latest[field] or values[i] and end_of(values[i]) or 0) then
      latest[field] = ends
      restored[#restored + 1] = field
      restored[#restored + 1] = string.format('%.0f:', ends) .. epoch
      last = math.max(last, ends)
    end
  end
  write_slots(newer, restored, last)
end
return 1
