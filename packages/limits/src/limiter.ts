import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { RELEASE, TAKE_QUERIES, TAKE_SENDS } from './script.js';

export interface LimiterOptions {
  readonly redis: Redis;
  /** Put before every key. */
  readonly prefix: string;
  /** A number has one accepted send in this many seconds. */
  readonly numberSeconds: number;
  readonly sendsPerSecond: number;
  readonly queriesPerSecond: number;
}

export interface Slot {
  /** The number's MAC. */
  readonly phoneMac: Buffer;
  /** Unique for each request; a slot held by the same token is mine. */
  readonly token: string;
}

export type Grant =
  | { readonly kind: 'granted' }
  /** The number had an accepted send; free again in `retryAfterMs`. */
  | { readonly kind: 'number_limited'; readonly retryAfterMs: number }
  | { readonly kind: 'system_limited'; readonly retryAfterMs: number };

export interface Limiter {
  /** One round trip for all slots, in order; earlier ones win. Rejects when Redis is out of reach: then some may be held. */
  takeSends(slots: readonly Slot[]): Promise<Grant[]>;
  /** How many of `wanted` queries may go on, and when there is room for more. */
  takeQueries(wanted: number): Promise<{ granted: number; retryAfterMs: number }>;
  /** Gives back slots of messages that were certainly never stored. */
  release(slots: readonly Slot[]): Promise<void>;
}

/** How long a call waits for a new connection before its second and last try, which finds the slots of the first. */
const RECONNECT_MS = 200;

export function createLimiter({ redis, prefix, ...limits }: LimiterOptions): Limiter {
  const run = createRunner(redis);
  const slotKey = ({ phoneMac }: Slot): string => `${prefix}slot:${phoneMac.toString('base64url')}`;
  return {
    takeSends: async (slots) => {
      const keys = [`${prefix}sends`, ...slots.map(slotKey)];
      const args = [limits.sendsPerSecond, limits.numberSeconds * 1000, ...slots.map(({ token }) => token)];
      const results = (await run(TAKE_SENDS, keys, args)) as number[];
      return results.map(readGrant);
    },
    takeQueries: async (wanted) => {
      const [granted = 0, retryAfterMs = 0] = (await run(TAKE_QUERIES, [`${prefix}queries`], [limits.queriesPerSecond, wanted])) as number[];
      return { granted, retryAfterMs };
    },
    release: async (slots) => {
      await run(RELEASE, slots.map(slotKey), slots.map(({ token }) => token));
    },
  };
}

function readGrant(result: number): Grant {
  if (result === 0) return { kind: 'granted' };
  return result > 0 ? { kind: 'number_limited', retryAfterMs: result } : { kind: 'system_limited', retryAfterMs: -result };
}

/** Runs a script by its hash, loading it where Redis does not know it; repeats a call whose reply did not come. */
function createRunner(redis: Redis) {
  const hashes = new Map<string, string>();
  const run = async (script: string, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> => {
    const known = hashes.get(script);
    try {
      if (known) return await redis.evalsha(known, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    }
    const hash = (await redis.script('LOAD', script)) as string;
    hashes.set(script, hash);
    return redis.evalsha(hash, keys.length, ...keys, ...args);
  };
  return async (script: string, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> => {
    try {
      return await run(script, keys, args);
    } catch (error) {
      if (!(await isReadyWithin(redis, RECONNECT_MS))) throw error;
      return run(script, keys, args);
    }
  };
}

/** A cut connection is usually back within milliseconds; longer than this a caller is not kept waiting. */
async function isReadyWithin(redis: Redis, ms: number): Promise<boolean> {
  if (redis.status === 'ready') return true;
  try {
    await once(redis, 'ready', { signal: AbortSignal.timeout(ms) });
    return true;
  } catch {
    return false;
  }
}
