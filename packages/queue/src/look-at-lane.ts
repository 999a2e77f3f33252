import type { Redis } from 'ioredis';

export interface LaneLook {
  /** Jobs that a worker could take now: none while the lane is paused. */
  readonly waiting: number;
  /** How long the job that is next in line could have been taken already, paused or not; 0 where none waits. */
  readonly oldestMs: number;
}

/**
 * One read of the keys of BullMQ 6 for a lane: `wait` (next in line at its right end), `prioritized`, and of `delayed`
 * what is due, whose score is the moment × 4096. A job that was held back, or was tried before, waits only since then:
 * `timestamp` is when it was added, `opts.delay` how long it had to be kept, `processedOn` when it was last begun.
 */
const LOOK = `
local now = tonumber(ARGV[1])
local since = now
local function next_in_line(id)
  if not id then return end
  local job = redis.call('HMGET', ARGV[2] .. id, 'timestamp', 'opts', 'processedOn')
  if not job[1] then return end
  local delay = job[2] and cjson.decode(job[2]).delay or 0
  since = math.min(since, math.max(tonumber(job[1]) + delay, tonumber(job[3] or 0)))
end
next_in_line(redis.call('LINDEX', KEYS[1], -1))
next_in_line(redis.call('ZRANGE', KEYS[2], 0, 0)[1])
local until_now = (now + 1) * 4096 - 1
local due = redis.call('ZRANGEBYSCORE', KEYS[3], 0, until_now, 'WITHSCORES', 'LIMIT', 0, 1)[2]
if due then since = math.min(since, math.floor(tonumber(due) / 4096)) end
local waiting = redis.call('LLEN', KEYS[1]) + redis.call('ZCARD', KEYS[2]) + redis.call('ZCOUNT', KEYS[3], 0, until_now)
if redis.call('HEXISTS', KEYS[4], 'paused') == 1 then waiting = 0 end
return { waiting, now - since }`;

const KEYS = ['wait', 'prioritized', 'delayed', 'meta'];

/** Rejects where Redis cannot tell. */
export async function lookAtLane(redis: Redis, prefix: string, lane: string): Promise<LaneLook> {
  const of = (name: string): string => `${prefix}:${lane}:${name}`;
  const found = await redis.eval(LOOK, KEYS.length, ...KEYS.map(of), Date.now(), of(''));
  const [waiting = 0, oldestMs = 0] = found as number[];
  return { waiting, oldestMs };
}
