import type { SettleMessages } from '@ardor/store/messages/settle-messages';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';

/** Together some six seconds: what a restart of the database takes, and less than is left of a claim after its call. */
const TRIES = 8;
const BACKOFF = { initialDelay: 100, maxDelay: 1_000 };

/**
 * Settles again while the database is away, or has ended the statement for another's sake (a deadlock): the carrier has answered, and an outcome that is not written has to be
 * found out anew. Safe, because a settlement that was written already matches no claim any more.
 */
export function retrySettle(settle: SettleMessages, mayPass: (error: unknown) => boolean): SettleMessages {
  const policy = retry(handleWhen(mayPass), { maxAttempts: TRIES, backoff: new ExponentialBackoff(BACKOFF) });
  return (settlements, fence) => policy.execute(() => settle(settlements, fence));
}
