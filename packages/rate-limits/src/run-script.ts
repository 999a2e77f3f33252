import { once } from 'node:events';
import type { Redis } from 'ioredis';

/** How long a call waits for a new connection before its second and last try, which finds the slots of the first. */
const RECONNECT_MS = 200;

type Values = readonly (string | number | Buffer)[];

/** `args` are asked for anew at each try: what they say of the server may have changed with the connection. */
export type RunScript = (
  script: string,
  keys: readonly string[],
  args: () => Values | Promise<Values>,
) => Promise<unknown>;

/** Runs a script by its hash, loading it where Redis does not know it; repeats a call whose reply did not come. */
export function createRunScript(redis: Redis): RunScript {
  const hashes = new Map<string, string>();
  const run: RunScript = async (script, keys, args) => {
    const values = await args();
    const known = hashes.get(script);
    try {
      if (known) return await redis.evalsha(known, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    }
    const hash = (await redis.script('LOAD', script)) as string;
    hashes.set(script, hash);
    return redis.evalsha(hash, keys.length, ...keys, ...values);
  };
  return async (script, keys, args) => {
    try {
      return await run(script, keys, args);
    } catch (error) {
      // Of a server that did not answer in time a second answer is not to be waited for.
      if (isTimeout(error) || !(await isReadyWithin(redis, RECONNECT_MS))) throw error;
      return run(script, keys, args);
    }
  };
}

/** ioredis' word for a `commandTimeout`. */
const isTimeout = (error: unknown): boolean => error instanceof Error && error.message === 'Command timed out';

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
