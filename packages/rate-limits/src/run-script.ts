import { once } from 'node:events';
import { isCommandTimeout } from '@ardor/runtime/redis/redis-errors';
import type { Redis } from 'ioredis';
import { loadScript } from './load-script.js';

/** How long a call waits for a new connection before its second and last try, which finds the slots of the first. */
const RECONNECT_MS = 200;

const NAMES = ['take-slots', 'take-queries', 'release-slots', 'restore-slots', 'mark-complete', 'unlock'] as const;
export type ScriptName = (typeof NAMES)[number];

type Values = readonly (string | number | Buffer)[];

/** Runs a script of `lua/`. `args` is called before each try: the server's run id may have changed with the connection. */
export type RunScript = (
  name: ScriptName,
  keys: readonly string[],
  args: () => Values | Promise<Values>,
) => Promise<unknown>;

/**
 * Reads all scripts at once, so that a missing file shows at start. A script runs by its hash and is loaded when Redis
 * does not know it. A call whose reply was lost is repeated once.
 */
export function createRunScript(redis: Redis): RunScript {
  const texts = new Map<ScriptName, string>(NAMES.map((name) => [name, loadScript(name)]));
  const hashes = new Map<ScriptName, string>();
  const run: RunScript = async (name, keys, args) => {
    const values = await args();
    const known = hashes.get(name);
    try {
      if (known) return await redis.evalsha(known, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    }
    const hash = (await redis.script('LOAD', texts.get(name) ?? '')) as string;
    hashes.set(name, hash);
    return redis.evalsha(hash, keys.length, ...keys, ...values);
  };
  return async (name, keys, args) => {
    try {
      return await run(name, keys, args);
    } catch (error) {
      // No second try after a timeout: the server is slow, not disconnected, and the request would wait twice as long.
      if (isCommandTimeout(error) || !(await isReadyWithin(redis, RECONNECT_MS))) throw error;
      return run(name, keys, args);
    }
  };
}

/** A cut connection is usually back within milliseconds. */
async function isReadyWithin(redis: Redis, ms: number): Promise<boolean> {
  if (redis.status === 'ready') return true;
  try {
    await once(redis, 'ready', { signal: AbortSignal.timeout(ms) });
    return true;
  } catch {
    return false;
  }
}
