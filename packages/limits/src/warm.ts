import type { Redis } from 'ioredis';

/**
 * Whether Redis still has the slots of the last minute. A key holds the run id of the server that was filled, and an
 * epoch: the key is gone after a FLUSHALL, and names another run after a restart or a failover, either of which may
 * have lost slots. The epoch is compared again when rows are stored (docs/adr/0010).
 */
export interface Warm {
  readonly key: string;
  /** This connection's server; changes when it restarts. */
  runId(): Promise<string>;
  isWarm(): Promise<boolean>;
  /** Says that everything is filled in, unless the server is another by now. */
  declare(runId: string, epoch: string): Promise<boolean>;
  /** Makes this process the one that refills, for `ms` at most. */
  tryLock(ms: number): Promise<boolean>;
  unlock(): Promise<void>;
  /** Takes back what was declared for an epoch that has ended. */
  withdraw(epoch: string): Promise<void>;
}

export function createWarm(redis: Redis, prefix: string): Warm {
  const key = `${prefix}warm`;
  const lock = `${prefix}refilling`;
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
  const isWarm = async (): Promise<boolean> => (await redis.get(key))?.startsWith(`${await runId()}:`) ?? false;
  return {
    key,
    runId,
    isWarm,
    declare: async (filled, epoch) => {
      if ((await runId()) !== filled) return false;
      await redis.set(key, `${filled}:${epoch}`);
      return true;
    },
    tryLock: async (ms) => (await redis.set(lock, '1', 'PX', ms, 'NX')) === 'OK',
    unlock: async () => {
      await redis.del(lock);
    },
    withdraw: async (epoch) => {
      if ((await redis.get(key))?.endsWith(`:${epoch}`)) await redis.del(key);
    },
  };
}

function readRunId(info: string): string {
  const id = /^run_id:(\w+)/m.exec(info)?.[1];
  if (!id) throw new Error('Redis does not tell its run id');
  return id;
}
