import type { Redis } from 'ioredis';
import type { RunScript } from './run-script.js';
import { DECLARE, UNLOCK } from './script.js';

/**
 * Whether Redis still has the slots of the last minute. A key holds the run id of the server that was filled, and an
 * epoch: the key is gone after a FLUSHALL, and names another run after a restart or a failover, either of which may
 * have lost slots. The epoch is compared again when rows are stored (docs/adr/0010).
 */
export interface SlotsState {
  readonly key: string;
  /** Held by the one process that refills; its value is the epoch that it will declare. */
  readonly lockKey: string;
  /** This connection's server; changes when it restarts. */
  runId(): Promise<string>;
  isComplete(): Promise<boolean>;
  /** Makes this process the one that refills for `epoch`, for `ms` at most unless it goes on. */
  tryLock(epoch: string, ms: number): Promise<boolean>;
  /** Says that everything is filled in, and ends the lock; false when the server was wiped or is another since the lock. */
  markComplete(runId: string, epoch: string): Promise<boolean>;
  unlock(epoch: string): Promise<void>;
  /** Takes back what was declared for an epoch that has ended. */
  markLost(epoch: string): Promise<void>;
}

export function createSlotsState(redis: Redis, run: RunScript, prefix: string): SlotsState {
  // With the number of the slots' format: another one's slots are not found, so that they have to be put back from the rows.
  const key = `${prefix}warm:2`;
  const lockKey = `${prefix}refilling`;
  let known: Promise<string> | undefined;
  redis.on('close', () => {
    known = undefined;
  });
  const runId = (): Promise<string> => {
    known ??= redis.info('server').then(readRunId, (error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
  return {
    key,
    lockKey,
    runId,
    isComplete: async () => (await redis.get(key))?.startsWith(`${await runId()}:`) ?? false,
    tryLock: async (epoch, ms) => (await redis.set(lockKey, epoch, 'PX', ms, 'NX')) === 'OK',
    markComplete: async (filled, epoch) => {
      if ((await runId()) !== filled) return false;
      return (await run(DECLARE, [lockKey, key], () => [epoch, filled])) === 1;
    },
    unlock: async (epoch) => {
      await run(UNLOCK, [lockKey], () => [epoch]);
    },
    markLost: async (epoch) => {
      if ((await redis.get(key))?.endsWith(`:${epoch}`)) await redis.del(key);
    },
  };
}

function readRunId(info: string): string {
  const id = /^run_id:(\w+)/m.exec(info)?.[1];
  if (!id) throw new Error('Redis does not tell its run id');
  return id;
}
