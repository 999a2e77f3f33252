-- Takes as many queries as the query window has room for.
--
-- KEYS: query window
-- ARGV: queries a second, wanted
--
-- Returns { granted, ms until there is room for more }; 0 ms when all were granted.

-- @include lib/now
-- @include lib/window

local window, limit, wanted = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local granted = math.min(wanted, math.max(0, limit - advance(window)))
record(window, granted)
return { granted, granted < wanted and room_in_ms(window) or 0 }
