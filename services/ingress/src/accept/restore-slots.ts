import type { Limiter } from '@ardor/rate-limits/limiter';
import type { LimiterEpochs } from '@ardor/store/recovery/limiter-epoch';

export interface RestoreSlotsDeps {
  readonly limiter: Pick<Limiter, 'slotsState' | 'restore'>;
  readonly epochs: LimiterEpochs;
  /** Names the next epoch. */
  readonly newId: () => string;
  readonly numberSeconds: number;
  readonly onRefilled: (count: number) => void;
}

/** Kept up by every page; a process that dies over a refill keeps the others from it for this long at most. */
const LOCK_MS = 3_000;

/**
 * Gives Redis back the slots it has lost, from the rows, so that the number rule survives a wipe, a restart and a
 * failover. One refill at a time in this process and, by a lock, among all copies; at once where nothing is lost.
 */
export function createRestoreSlots(deps: RestoreSlotsDeps): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= refill(deps).finally(() => {
      running = undefined;
    });
    return running;
  };
}

async function refill({ limiter, epochs, newId, numberSeconds, onRefilled }: RestoreSlotsDeps): Promise<void> {
  const { slotsState } = limiter;
  const epoch = newId();
  if ((await slotsState.isComplete()) || !(await slotsState.tryLock(epoch, LOCK_MS))) return;
  try {
    const runId = await slotsState.runId();
    await epochs.begin(epoch);
    let count = 0;
    for await (const sends of epochs.recentSends(numberSeconds)) {
      const held = sends.filter(({ remainingMs }) => remainingMs > 0);
      // A wipe in the middle takes the lock too: what was put back before is gone, and the next call begins anew.
      if (!(await limiter.restore(held, epoch, LOCK_MS))) return;
      count += held.length;
    }
    if (await slotsState.markComplete(runId, epoch)) onRefilled(count);
  } finally {
    await slotsState.unlock(epoch);
  }
}
