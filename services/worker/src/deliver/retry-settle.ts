import type { SettleMessages } from '@ardor/store/settle-messages';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';

/** Together some six seconds: what a restart of the database takes, and less than is left of a claim after its call. */
const TRIES = 8;
const BACKOFF = { initialDelay: 100, maxDelay: 1_000 };

/**
 * Settles again while the database is away: the carrier has answered, and an outcome that is not written has to be
 * found out anew. Safe, because a settlement that was written already matches no claim any more.
 */
export function retrySettle(settle: SettleMessages, isUnavailable: (error: unknown) => boolean): SettleMessages {
  const policy = retry(handleWhen(isUnavailable), { maxAttempts: TRIES, backoff: new ExponentialBackoff(BACKOFF) });
  return (settlements, fence) => policy.execute(() => settle(settlements, fence));
}
