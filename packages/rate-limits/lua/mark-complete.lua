-- Marks the slots as complete, and gives the lock back.
--
-- KEYS: lock, complete mark
-- ARGV: epoch, run id of the server
--
-- Returns 1, or 0 when the lock is not this epoch's any more: then slots that were restored may be gone again.

if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2] .. ':' .. ARGV[1])
redis.call('DEL', KEYS[1])
return 1
