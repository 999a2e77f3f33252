import { Redis } from 'ioredis';

export interface LimiterConnectionOptions {
  readonly url: string;
  /** A call that takes longer has failed, in milliseconds. It may still be carried out later. */
  readonly timeoutMs: number;
  readonly onError: (error: unknown) => void;
}

const MAX_RECONNECT_MS = 500;
/** A Redis that reads its file guesses badly at first how long that takes, and ioredis would wait as long: 10 s at most. */
const LOADING_LOOK_MS = 200;

/**
 * The limiter's own connection: it fails at once while Redis is away, and never repeats a command by itself. The
 * limiter repeats with the same tokens, which is safe; a blind repeat of a lost reply is not.
 */
export function openLimiterConnection({ url, timeoutMs, onError }: LimiterConnectionOptions): Redis {
  const redis = new Redis(url, {
    commandTimeout: timeoutMs,
    connectTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    maxLoadingRetryTime: LOADING_LOOK_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) => Math.min(25 * attempt, MAX_RECONNECT_MS),
  });
  redis.on('error', onError);
  return redis;
}
