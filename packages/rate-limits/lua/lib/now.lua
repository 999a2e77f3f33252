-- now: Unix time in milliseconds. It is Redis' own time, because the clocks of the ingress copies differ.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
