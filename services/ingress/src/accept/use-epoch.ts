import type { Limiter } from '@ardor/rate-limits/limiter';
import type { MonotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';
import type { LimiterEpochs } from '@ardor/store/recovery/limiter-epoch';
import { EPOCH_CLAIM } from '../timing.js';
import type { EpochClaim } from './epoch-claim.js';

export interface UseEpochDeps {
  readonly limiter: { readonly slotsState: Pick<Limiter['slotsState'], 'completeEpoch'> };
  readonly epochs: Pick<LimiterEpochs, 'use'>;
  readonly claim: Pick<EpochClaim, 'holds' | 'held'>;
  readonly now: MonotonicClock;
  /** Our slots are not complete, or the epoch in which they are has ended. */
  readonly onSlotsLost: (endedEpoch?: string) => void;
}

/**
 * Makes the task that says in the database that this ingress uses its epoch, and notices when another has ended it, also
 * while nobody sends. Call it every `EPOCH_CLAIM.useEveryMs`. Rejects when the database does not answer.
 */
export function createUseEpoch({ limiter, epochs, claim, now, onSlotsLost }: UseEpochDeps): () => Promise<void> {
  let completeAt = -Infinity;
  return async () => {
    // Redis may be away for a moment; the limiter's probe tells that.
    const complete = await limiter.slotsState.completeEpoch().catch(() => undefined);
    if (complete !== undefined) completeAt = now();
    const epoch = complete ?? claim.held();
    if (complete === undefined) onSlotsLost();
    if (epoch === undefined || now() - completeAt > EPOCH_CLAIM.withoutRedisMs) return;
    if (!(await epochs.use(epoch))) onSlotsLost(epoch);
    else if (complete !== undefined) claim.holds(complete);
  };
}
