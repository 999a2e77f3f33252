-- Takes as many queries as the clients' shares and the query window have room for.
--
-- KEYS: query window, what clients have used of their queries
-- ARGV: queries a second, then for each client: id, its queries a second (empty: no limit), wanted
--
-- Returns the ms until the window has room for more (0 when it had enough), then for each client: how many queries are
-- granted, how many its own limit allowed, and the ms until that limit allows more (0 when it allowed all).
-- When the window has too little room, the clients get equal parts of it, and none gets more than it wanted. So a client
-- with many queries does not crowd out one with few.

-- @include lib/now
-- @include lib/window
-- @include lib/ring

local window, rings = KEYS[1], KEYS[2]
local KEPT_MS = 5000

local clients, ids, limited = {}, {}, {}
for at = 2, #ARGV, 3 do
  local limit, wanted = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local client = { limit = limit, wanted = wanted, allowed = wanted, granted = 0, room_in = 0 }
  clients[#clients + 1] = client
  if limit then
    limited[#limited + 1] = client
    ids[#ids + 1] = ARGV[at]
  end
end

if #ids > 0 then
  local values = redis.call('HMGET', rings, unpack(ids))
  for i, client in ipairs(limited) do
    client.ring = unpack_ring(values[i]) or { slice, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }
    client.allowed = math.min(client.wanted, math.max(0, client.limit - ring_total(client.ring)))
  end
end

local left = math.max(0, tonumber(ARGV[1]) - advance(window))
local by_allowed, total = { unpack(clients) }, 0
table.sort(by_allowed, function(one, other) return one.allowed < other.allowed end)
for i, client in ipairs(by_allowed) do
  client.granted = math.min(client.allowed, math.ceil(left / (#clients - i + 1)))
  left = left - client.granted
  total = total + client.granted
end
record(window, total)

local pairs_to_write = {}
for i, client in ipairs(limited) do
  ring_add(client.ring, client.granted)
  if client.allowed < client.wanted then client.room_in = ring_room_in_ms(client.ring) end
  pairs_to_write[#pairs_to_write + 1] = ids[i]
  pairs_to_write[#pairs_to_write + 1] = cmsgpack.pack(unpack(client.ring))
end
if #pairs_to_write > 0 then
  redis.call('HSET', rings, unpack(pairs_to_write))
  redis.call('PEXPIRE', rings, KEPT_MS)
end

local reply, short = { 0 }, false
for _, client in ipairs(clients) do
  short = short or client.granted < client.allowed
  reply[#reply + 1] = client.granted
  reply[#reply + 1] = client.allowed
  reply[#reply + 1] = client.room_in
end
if short then reply[1] = room_in_ms(window) end
return reply
