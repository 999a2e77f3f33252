import type { Limiter } from '@ardor/rate-limits/limiter';
import type { MonotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';
import type { EpochOwner, LimiterEpochs } from '@ardor/store/recovery/limiter-epoch';
import type { ReadRecentSends } from '@ardor/store/recovery/recent-sends';
import { EPOCH_CLAIM } from '../timing.js';
import type { EpochClaim } from './epoch-claim.js';
import type { SlotKey } from './slot-key.js';

export interface RestoreSlotsDeps {
  readonly limiter: Pick<Limiter, 'slotsState' | 'restore'>;
  readonly epochs: LimiterEpochs;
  readonly recentSends: ReadRecentSends;
  readonly claim: Pick<EpochClaim, 'holds' | 'mayBegin'>;
  /** This ingress, for the others; its Redis' run id and mark are added. */
  readonly self: Pick<EpochOwner, 'redisHost' | 'begunBy'>;
  readonly slotKey: SlotKey;
  /** Names the next epoch. */
  readonly newId: () => string;
  /** The database's clock, Unix milliseconds. */
  readonly databaseTime: () => number;
  readonly now: MonotonicClock;
  readonly numberSeconds: number;
  /** If the restoring process dies, another may start after this time, in milliseconds. Each page renews the lock. */
  readonly lockMs: number;
  readonly onRestored: (count: number) => void;
}

/**
 * Gives Redis back the slots it has lost, from the rows, so that the number rule survives a wipe, a restart and a failover. This process
 * and, by a lock, all copies run one restore at a time. Does nothing where no slots are lost, and while another ingress, which does
 * not share our slots, has the limiter's epoch.
 */
export function createRestoreSlots(deps: RestoreSlotsDeps): () => Promise<void> {
  let running: Promise<void> | undefined;
  let lookAgainAt = -Infinity;
  return () => {
    if (!running && deps.now() < lookAgainAt) return Promise.resolve();
    running ??= restore(deps)
      .then((begun) => {
        // Each refused send asks for a restore.
        if (!begun) lookAgainAt = deps.now() + EPOCH_CLAIM.lookEveryMs;
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  };
}

/** False when another ingress has the epoch. */
async function restore(deps: RestoreSlotsDeps): Promise<boolean> {
  const { limiter, epochs, recentSends, claim, self, slotKey, databaseTime, newId, numberSeconds, lockMs } = deps;
  const { slotsState } = limiter;
  const complete = await slotsState.completeEpoch();
  if (complete !== undefined) {
    claim.holds(complete);
    return true;
  }
  const runId = await slotsState.runId();
  const owner = { redisRunId: runId, mark: slotsState.key, redisHost: self.redisHost, begunBy: self.begunBy };
  const current = await epochs.current();
  if (!claim.mayBegin(current, owner)) return false;
  const epoch = newId();
  if (!(await slotsState.tryLock(epoch, lockMs))) return true;
  try {
    if (!(await epochs.begin(epoch, owner, current.epoch))) return true;
    let count = 0;
    for await (const sends of recentSends(numberSeconds, databaseTime())) {
      const unexpired = sends
        .filter(({ remainingMs }) => remainingMs > 0)
        .map((send) => ({ slotKey: slotKey(send.phoneMac, send.clientId, send.lane), remainingMs: send.remainingMs }));
      // If Redis was wiped, the lock and the restored slots are gone. Stop; the next call starts again.
      if (!(await limiter.restore(unexpired, epoch, lockMs))) return true;
      count += unexpired.length;
    }
    if (await slotsState.markComplete(runId, epoch)) {
      claim.holds(epoch);
      deps.onRestored(count);
    }
  } finally {
    await slotsState.unlock(epoch);
  }
  return true;
}
