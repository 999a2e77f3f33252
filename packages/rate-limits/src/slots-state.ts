import type { Redis } from 'ioredis';
import type { NumberLimitScope } from './number-limit-scope.js';
import type { RunScript } from './run-script.js';

/**
 * Whether Redis has all slots of the last minute. A mark holds the run id of the server and an epoch. After a FLUSHALL the
 * mark is gone; after a restart or a failover it names another run. Either may have lost slots: they are incomplete
 * until they are restored. The epoch is compared again when rows are stored (docs/adr/0010).
 */
export interface SlotsState {
  /** Redis key of the mark. */
  readonly key: string;
  /** Redis key of the lock. Its value is the epoch of the one process that restores. */
  readonly lockKey: string;
  /** The run id of this connection's server; it changes when the server restarts. */
  runId(): Promise<string>;
  isComplete(): Promise<boolean>;
  /** The epoch in which the slots are complete; undefined while they are not. */
  completeEpoch(): Promise<string | undefined>;
  /** Makes this process the one that restores for `epoch`. The lock ends after `ms` unless `restore` prolongs it. */
  tryLock(epoch: string, ms: number): Promise<boolean>;
  /** Ends the lock too. False when the server was wiped, or is another one, since the lock was taken. */
  markComplete(runId: string, epoch: string): Promise<boolean>;
  unlock(epoch: string): Promise<void>;
  /** Removes the mark if it names this epoch, which has ended. */
  markLost(epoch: string): Promise<void>;
}

export function createSlotsState(
  redis: Redis,
  run: RunScript,
  prefix: string,
  numberScope: NumberLimitScope,
): SlotsState {
  // The number is the version of the slots' format. A copy of another format or scope does not see these slots, so it must
  // not see the mark.
  const key = `${prefix}warm:2${numberScope === 'system' ? '' : `:${numberScope}`}`;
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
  const completeEpoch = async (): Promise<string | undefined> => {
    const mark = await redis.get(key);
    const run = `${await runId()}:`;
    return mark?.startsWith(run) ? mark.slice(run.length) : undefined;
  };
  return {
    key,
    lockKey,
    runId,
    completeEpoch,
    isComplete: async () => (await completeEpoch()) !== undefined,
    tryLock: async (epoch, ms) => (await redis.set(lockKey, epoch, 'PX', ms, 'NX')) === 'OK',
    markComplete: async (restored, epoch) => {
      if ((await runId()) !== restored) return false;
      return (await run('mark-complete', [lockKey, key], () => [epoch, restored])) === 1;
    },
    unlock: async (epoch) => {
      await run('unlock', [lockKey], () => [epoch]);
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
