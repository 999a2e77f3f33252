import type { Limiter } from '@ardor/limits/limiter';
import type { LimiterEpochs } from '@ardor/store/limiter-epoch';

export interface RefillDeps {
  readonly limiter: Pick<Limiter, 'warm' | 'refill'>;
  readonly epochs: LimiterEpochs;
  /** Names the next epoch. */
  readonly newId: () => string;
  readonly numberSeconds: number;
  readonly onRefilled: (count: number) => void;
}

/** Longer than a refill takes; a process that dies over it keeps the others from it for this long at most. */
const LOCK_MS = 3_000;

/**
 * Gives Redis back the slots it has lost, from the rows, so that the number rule survives a wipe, a restart and a
 * failover. One refill at a time in this process and, by a lock, among all copies; at once where nothing is lost.
 */
export function createRefillLimiter(deps: RefillDeps): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= refill(deps).finally(() => {
      running = undefined;
    });
    return running;
  };
}

async function refill({ limiter, epochs, newId, numberSeconds, onRefilled }: RefillDeps): Promise<void> {
  const { warm } = limiter;
  if ((await warm.isWarm()) || !(await warm.tryLock(LOCK_MS))) return;
  try {
    const runId = await warm.runId();
    const epoch = newId();
    await epochs.begin(epoch);
    let count = 0;
    for await (const sends of epochs.recentSends(numberSeconds)) {
      const held = sends.filter(({ remainingMs }) => remainingMs > 0);
      if (held.length > 0) await limiter.refill(held);
      count += held.length;
    }
    if (await warm.declare(runId, epoch)) onRefilled(count);
  } finally {
    await warm.unlock();
  }
}
