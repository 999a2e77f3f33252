import type { Limiter } from '@ardor/rate-limits/limiter';
import type { LimiterEpochs } from '@ardor/store/recovery/limiter-epoch';

export interface RestoreSlotsDeps {
  readonly limiter: Pick<Limiter, 'slotsState' | 'restore'>;
  readonly epochs: LimiterEpochs;
  /** Names the next epoch. */
  readonly newId: () => string;
  readonly numberSeconds: number;
  readonly onRestored: (count: number) => void;
}

/** Every page prolongs it. When a process dies while it restores, the others wait for this long at most. */
const LOCK_MS = 3_000;

/**
 * Restores the slots that Redis has lost from the rows, so that the number rule survives a wipe, a restart and a failover.
 * One restoring at a time: in this process, and by a lock among all copies. Does nothing when the slots are complete.
 */
export function createRestoreSlots(deps: RestoreSlotsDeps): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= restoreSlots(deps).finally(() => {
      running = undefined;
    });
    return running;
  };
}

async function restoreSlots({ limiter, epochs, newId, numberSeconds, onRestored }: RestoreSlotsDeps): Promise<void> {
  const { slotsState } = limiter;
  const epoch = newId();
  if ((await slotsState.isComplete()) || !(await slotsState.tryLock(epoch, LOCK_MS))) return;
  try {
    const runId = await slotsState.runId();
    await epochs.begin(epoch);
    let count = 0;
    for await (const sends of epochs.recentSends(numberSeconds)) {
      const held = sends.filter(({ remainingMs }) => remainingMs > 0);
      // A wipe takes the lock too: what was restored before it is gone, and the next call starts again.
      if (!(await limiter.restore(held, epoch, LOCK_MS))) return;
      count += held.length;
    }
    if (await slotsState.markComplete(runId, epoch)) onRestored(count);
  } finally {
    await slotsState.unlock(epoch);
  }
}
