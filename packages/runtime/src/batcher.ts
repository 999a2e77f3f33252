export interface BatcherOptions<T, R> {
  /** Items in one run at most. */
  readonly maxBatch: number;
  /** Runs under way at once at most. */
  readonly maxRunning: number;
  /** One result for each item, in order. A rejection is every item's. */
  readonly run: (items: readonly T[]) => Promise<readonly R[]>;
}

export interface Batcher<T, R> {
  submit(item: T): Promise<R>;
  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void>;
}

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Micro-batching that adapts: while fewer than `maxRunning` runs are under way, what arrived in this turn of the event
 * loop goes at once, so an idle system waits for nobody; otherwise items gather until a run ends, so a busy one fills
 * its batches.
 */
export function createBatcher<T, R>({ maxBatch, maxRunning, run }: BatcherOptions<T, R>): Batcher<T, R> {
  let waiting: Waiting<T, R>[] = [];
  let running = 0;
  let scheduled = false;
  let idlers: (() => void)[] = [];

  const runBatch = async (batch: readonly Waiting<T, R>[]): Promise<void> => {
    try {
      const results = await run(batch.map(({ item }) => item));
      if (results.length !== batch.length) throw new Error('a batch must give one result for each item');
      batch.forEach(({ resolve }, index) => resolve(results[index] as R));
    } catch (error) {
      batch.forEach(({ reject }) => reject(error));
    }
  };

  const flush = (): void => {
    scheduled = false;
    while (running < maxRunning && waiting.length > 0) {
      const batch = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      running++;
      void runBatch(batch).then(() => {
        running--;
        flush();
      });
    }
    if (running === 0 && waiting.length === 0) {
      idlers.forEach((resolve) => resolve());
      idlers = [];
    }
  };

  return {
    submit: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (scheduled || running >= maxRunning) return;
        scheduled = true;
        setImmediate(flush);
      }),
    idle: () =>
      new Promise((resolve) => {
        if (running === 0 && waiting.length === 0) resolve();
        else idlers.push(resolve);
      }),
  };
}
