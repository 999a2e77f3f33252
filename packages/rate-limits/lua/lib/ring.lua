-- The sliding second of one client. Needs lib/now.
--
-- A ring is a list: the newest slice, then one count for each slice of 100 ms of the last 1.1 s (2..12). So every event of the
-- last second counts, and no second ever holds more events than the limit; an event counts for up to 1.1 s.
-- It is one small value, because a hash as in lib/window would cost several commands for each client of a call.

local SLICE_MS, SLICES = 100, 11
local slice = math.floor(now / SLICE_MS)

-- A value of Redis, packed by cmsgpack.pack(unpack(ring)); nil when it is missing. Slices that are too old are empty.
-- The caller may keep more values from 13 on: they stay.
local function unpack_ring(value)
  local ring = value and { cmsgpack.unpack(value) }
  if not ring then return nil end
  -- The clock was set back, or this server's is behind that of the one before: all slices are of unknown age.
  local newest = ring[1] > slice and 0 or ring[1]
  for index = math.max(newest, slice - SLICES) + 1, slice do ring[2 + index % SLICES] = 0 end
  ring[1] = slice
  return ring
end

local function ring_total(ring)
  return ring[2] + ring[3] + ring[4] + ring[5] + ring[6] + ring[7] + ring[8] + ring[9] + ring[10] + ring[11] + ring[12]
end

local function ring_add(ring, count)
  local at = 2 + slice % SLICES
  ring[at] = ring[at] + count
end

-- Milliseconds until the oldest slice with events stops counting.
local function ring_room_in_ms(ring)
  for index = slice - SLICES + 1, slice do
    if ring[2 + index % SLICES] > 0 then return (index + SLICES) * SLICE_MS - now end
  end
  return SLICES * SLICE_MS
end
