import { Redis } from 'ioredis';

export interface QueueConnectionOptions {
  /** redis://… */
  readonly url: string;
  /**
   * A producer's command fails after this long, in milliseconds, so that a hung Redis cannot hold a request. Left out
   * for a consumer: it blocks on the queue by design, and BullMQ asks for endless retries there.
   */
  readonly commandTimeoutMs?: number;
  readonly onError: (error: unknown) => void;
}

const MAX_RECONNECT_MS = 1_000;
/** A Redis that reads its file guesses badly at first how long that takes, and ioredis would wait as long: 10 s at most. */
const LOADING_LOOK_MS = 200;

export function openQueueConnection({ url, commandTimeoutMs, onError }: QueueConnectionOptions): Redis {
  const producer =
    commandTimeoutMs === undefined ? {} : { commandTimeout: commandTimeoutMs, enableOfflineQueue: false };
  const redis = new Redis(url, {
    maxRetriesPerRequest: commandTimeoutMs === undefined ? null : 0,
    maxLoadingRetryTime: LOADING_LOOK_MS,
    retryStrategy: (attempt) => Math.min(50 * attempt, MAX_RECONNECT_MS),
    ...producer,
  });
  redis.on('error', onError);
  return redis;
}
