import type { Limiter } from '@ardor/rate-limits/limiter';
import type { LimiterEpochs } from '@ardor/store/recovery/limiter-epoch';
import type { SlotKey } from './slot-key.js';

export interface RestoreSlotsDeps {
  readonly limiter: Pick<Limiter, 'slotsState' | 'restore'>;
  readonly epochs: LimiterEpochs;
  readonly slotKey: SlotKey;
  /** Names the next epoch. */
  readonly newId: () => string;
  readonly numberSeconds: number;
  /** If the restoring process dies, another may start after this time, in milliseconds. Each page renews the lock. */
  readonly lockMs: number;
  readonly onRestored: (count: number) => void;
}

/**
 * Gives Redis back the slots it has lost, from the rows, so that the number rule survives a wipe, a restart and a failover. This process
 * and, by a lock, all copies run one restore at a time. Does nothing where no slots are lost.
 */
export function createRestoreSlots(deps: RestoreSlotsDeps): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= restore(deps).finally(() => {
      running = undefined;
    });
    return running;
  };
}

async function restore(deps: RestoreSlotsDeps): Promise<void> {
  const { limiter, epochs, slotKey, newId, numberSeconds, lockMs, onRestored } = deps;
  const { slotsState } = limiter;
  const epoch = newId();
  if ((await slotsState.isComplete()) || !(await slotsState.tryLock(epoch, lockMs))) return;
  try {
    const runId = await slotsState.runId();
    await epochs.begin(epoch);
    let count = 0;
    for await (const sends of epochs.recentSends(numberSeconds)) {
      const unexpired = sends
        .filter(({ remainingMs }) => remainingMs > 0)
        .map((send) => ({ slotKey: slotKey(send.phoneMac, send.clientId, send.lane), remainingMs: send.remainingMs }));
      // If Redis was wiped, the lock and the restored slots are gone. Stop; the next call starts again.
      if (!(await limiter.restore(unexpired, epoch, lockMs))) return;
      count += unexpired.length;
    }
    if (await slotsState.markComplete(runId, epoch)) onRestored(count);
  } finally {
    await slotsState.unlock(epoch);
  }
}
