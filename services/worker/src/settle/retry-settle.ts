import type { MonotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';
import type { SettleMessages } from '@ardor/store/messages/settle-messages';
import { StoreError } from '@ardor/store/sql/store-error';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';

export interface RetrySettleOptions {
  /** No try begins later than this after the first, in milliseconds: the claim may be another worker's by then. */
  readonly withinMs: number;
  /** The pause before the second try. Later ones grow up to `longestDelayMs`, or to a quarter of `withinMs`. */
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  readonly now: MonotonicClock;
}

/**
 * Settles again while the database is unavailable or prefers another statement (a deadlock). Without it, an outcome that
 * is known would be lost, and the carrier would have to be asked. Settling twice is safe: a settlement that was written
 * already matches no claim any more.
 */
export function retrySettle(settle: SettleMessages, options: RetrySettleOptions): SettleMessages {
  const { withinMs, firstDelayMs, longestDelayMs, now } = options;
  const maxDelay = Math.min(longestDelayMs, withinMs / 4);
  const backoff = new ExponentialBackoff({ initialDelay: Math.min(firstDelayMs, maxDelay), maxDelay });
  return (settlements, fence) => {
    const lastDelayAt = now() + withinMs - maxDelay;
    const policy = retry(
      handleWhen((error) => isTransient(error) && now() <= lastDelayAt),
      { backoff },
    );
    return policy.execute(() => settle(settlements, fence));
  };
}

const isTransient = (error: unknown): boolean =>
  error instanceof StoreError && (error.kind === 'unavailable' || error.kind === 'conflict');
