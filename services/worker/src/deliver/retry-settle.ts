import type { SettleMessages } from '@ardor/store/messages/settle-messages';
import { StoreError } from '@ardor/store/sql/store-error';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';

/** Together some six seconds: what a restart of the database takes, and less than is left of a claim after its call. */
const TRIES = 8;
const BACKOFF = { initialDelay: 100, maxDelay: 1_000 };

/**
 * Settles again while the database is unavailable or prefers another statement (a deadlock). The carrier has answered:
 * an outcome that is not written would have to be found out anew. Safe, because a settlement that was written already
 * matches no claim any more.
 */
export function retrySettle(settle: SettleMessages): SettleMessages {
  const policy = retry(handleWhen(isTransient), { maxAttempts: TRIES, backoff: new ExponentialBackoff(BACKOFF) });
  return (settlements, fence) => policy.execute(() => settle(settlements, fence));
}

const isTransient = (error: unknown): boolean =>
  error instanceof StoreError && (error.kind === 'unavailable' || error.kind === 'conflict');
