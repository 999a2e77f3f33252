import { Redis, type RedisOptions } from 'ioredis';

/**
 * How a connection behaves when Redis is slow or away.
 *
 * - `limiter`: a command fails at once while Redis is away, and ioredis never repeats it. The limiter repeats calls
 *   itself, as the same owner; a repeat by ioredis could take slots for a caller that is gone.
 * - `producer`: a command fails at once while Redis is away, so that jobs do not pile up in memory. ioredis may repeat
 *   a command whose reply was lost: adding a job twice has no effect.
 * - `consumer`: a command waits until Redis is back. BullMQ requires this for the connection that waits for jobs.
 */
export type RedisPolicy =
  | {
      readonly policy: 'limiter' | 'producer';
      /** A command that takes longer has failed, in milliseconds. Redis may still carry it out later. */
      readonly commandTimeoutMs: number;
    }
  | { readonly policy: 'consumer' };

export type OpenRedisOptions = RedisPolicy & {
  /** redis://… */
  readonly url: string;
  /** Called for each failed connection attempt, among others. */
  readonly onError: (error: unknown) => void;
};

/** The limiter refuses every send while it is away, so it tries more often than the queue, whose jobs are also in Postgres. */
const LIMITER_RECONNECT = { stepMs: 25, maxMs: 500 };
const QUEUE_RECONNECT = { stepMs: 50, maxMs: 1_000 };
/** While Redis loads its file, ask again this often. ioredis would wait as long as Redis' first estimate, up to 10 s. */
const LOADING_CHECK_MS = 200;

/** Connects at once and again after each loss. The caller disconnects. */
export function openRedis(options: OpenRedisOptions): Redis {
  const redis = new Redis(options.url, { maxLoadingRetryTime: LOADING_CHECK_MS, ...settingsOf(options) });
  redis.on('error', options.onError);
  return redis;
}

type Settings = Omit<RedisOptions, 'replyMapping'>;

function settingsOf(options: RedisPolicy): Settings {
  switch (options.policy) {
    case 'limiter':
      return {
        ...failFast(options.commandTimeoutMs),
        connectTimeout: options.commandTimeoutMs,
        autoResendUnfulfilledCommands: false,
        retryStrategy: reconnectAfter(LIMITER_RECONNECT),
      };
    case 'producer':
      return { ...failFast(options.commandTimeoutMs), retryStrategy: reconnectAfter(QUEUE_RECONNECT) };
    case 'consumer':
      return { maxRetriesPerRequest: null, retryStrategy: reconnectAfter(QUEUE_RECONNECT) };
  }
}

const failFast = (commandTimeout: number): Settings => ({
  commandTimeout,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
});

const reconnectAfter =
  ({ stepMs, maxMs }: { stepMs: number; maxMs: number }) =>
  (attempt: number): number =>
    Math.min(stepMs * attempt, maxMs);
