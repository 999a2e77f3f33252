import type { SettleMessages } from '@ardor/store/messages/settle-messages';
import { StoreError } from '@ardor/store/sql/store-error';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 1_000;

export interface RetrySettleOptions {
  /** No try begins later than this after the first, in milliseconds: the claim may be another worker's by then. */
  readonly withinMs: number;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
}

/**
 * Settles again while the database is unavailable or prefers another statement (a deadlock). The carrier has answered,
 * and an outcome that is not written would have to be found out anew. Settling twice is safe: a settlement that was
 * written already matches no claim any more.
 */
export function retrySettle(settle: SettleMessages, { withinMs, now }: RetrySettleOptions): SettleMessages {
  const maxDelay = Math.min(LONGEST_DELAY_MS, withinMs / 4);
  const backoff = new ExponentialBackoff({ initialDelay: Math.min(FIRST_DELAY_MS, maxDelay), maxDelay });
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
