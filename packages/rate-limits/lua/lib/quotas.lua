-- What clients have used of their quotas, in one hash (docs/adr/0024). Needs lib/now, lib/ring and lib/slots.
--
-- A field is a client's id. Its value is msgpack: the ring of its sends (1..12), then the UTC day and its sends of that day, the
-- hour and its sends of that hour by country. Clients without a limit have no field.
--
-- QUOTAS is the end of a script's arguments. It says which quota each slot counts for:
--   GROUPS: two bytes for each slot of MACS, the position of its group (from 1). Empty where there is one group only.
--   how many clients, then for each: id, sends a second, sends a day
--   then for each group: the position of its client (from 1), country, sends an hour
-- An empty limit is none.

local byte, floor, huge = string.byte, math.floor, math.huge

local DAY_MS, HOUR_MS, KEPT_MS = 86400000, 3600000, 172800000
local day, hour = floor(now / DAY_MS), floor(now / HOUR_MS)

local function limit_of(text) return tonumber(text) or huge end

-- Reads QUOTAS, which begins at the argument `from`. Returns the clients, the groups, and a function that gives a slot's group.
local function read_quotas(args, from)
  local indexes, count, clients, groups = args[from], tonumber(args[from + 1]), {}, {}
  local at = from + 2
  for i = 1, count do
    clients[i] =
      { id = args[at], per_second = limit_of(args[at + 1]), per_day = limit_of(args[at + 2]), room = huge, granted = 0 }
    at = at + 3
  end
  while args[at] do
    local client, limit = clients[tonumber(args[at])], limit_of(args[at + 2])
    groups[#groups + 1] = { client = client, country = args[at + 1], per_hour = limit, room = huge, granted = 0 }
    client.limited = client.limited or limit < huge or client.per_second < huge or client.per_day < huge
    at = at + 3
  end
  local only = groups[1]
  local function group_of(position)
    if #indexes == 0 then return only end
    local high, low = byte(indexes, position * 2 - 1, position * 2)
    return groups[high * 256 + low]
  end
  return clients, groups, group_of
end

-- Reads what the clients with a limit have used. Returns those clients.
local function read_used(key, clients)
  local limited, ids = {}, {}
  for _, client in ipairs(clients) do
    if client.limited then
      limited[#limited + 1] = client
      ids[#ids + 1] = client.id
    end
  end
  if #ids == 0 then return limited end
  local values = call('HMGET', key, unpack(ids))
  for i, client in ipairs(limited) do
    local record = unpack_ring(values[i]) or { slice, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, day, 0, hour, {} }
    client.record = record
    client.sends = record[13] == day and record[14] or 0
    client.countries = record[15] == hour and record[16] or {}
  end
  return limited
end

local function write_used(key, limited)
  local values = {}
  for _, client in ipairs(limited) do
    if client.changed then
      local record = client.record
      record[13], record[14], record[15], record[16] = day, client.sends, hour, client.countries
      values[#values + 1] = client.id
      values[#values + 1] = cmsgpack.pack(unpack(record))
    end
  end
  if #values == 0 then return end
  call('HSET', key, unpack(values))
  call('PEXPIRE', key, KEPT_MS)
end
