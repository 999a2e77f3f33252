export interface BatcherOptions<T, R> {
  /** Items in one run at most. */
  readonly maxBatch: number;
  /** Runs under way at once at most. */
  readonly maxRunning: number;
  /** An item that has waited for its run this long is rejected with WaitedTooLongError and never run, in milliseconds. */
  readonly maxWaitMs: number;
  /** One result for each item, in order. A rejection is every item's. */
  readonly run: (items: readonly T[]) => Promise<readonly R[]>;
}

export interface Batcher<T, R> {
  submit(item: T): Promise<R>;
  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void>;
}

/** The item certainly was not run. */
export class WaitedTooLongError extends Error {
  override readonly name = 'WaitedTooLongError';
  readonly loggable = true;
}

interface Waiting<T, R> {
  readonly item: T;
  readonly since: number;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Micro-batching that adapts: while fewer than `maxRunning` runs are under way, what arrived in this turn of the event
 * loop goes at once, so an idle system waits for nobody; otherwise items gather until a run ends, so a busy one fills
 * its batches.
 */
export function createBatcher<T, R>({ maxBatch, maxRunning, maxWaitMs, run }: BatcherOptions<T, R>): Batcher<T, R> {
  let waiting: Waiting<T, R>[] = [];
  let running = 0;
  let scheduled = false;
  let idlers: (() => void)[] = [];
  let pruning: NodeJS.Timeout | undefined;

  /** Items wait in the order they came, so the stale ones are in front. */
  const dropStale = (): void => {
    const oldest = performance.now() - maxWaitMs;
    const fresh = waiting.findIndex(({ since }) => since > oldest);
    const stale = waiting.splice(0, fresh < 0 ? waiting.length : fresh);
    stale.forEach(({ reject }) => reject(new WaitedTooLongError('waited too long to be run')));
  };

  /** One timer serves all items: a timer each would cost more than they do. */
  const prune = (): void => {
    dropStale();
    pruning = waiting.length > 0 ? setTimeout(prune, maxWaitMs / 4).unref() : undefined;
    settleIdlers();
  };

  const settleIdlers = (): void => {
    if (running > 0 || waiting.length > 0) return;
    idlers.forEach((resolve) => resolve());
    idlers = [];
  };

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
    dropStale();
    while (running < maxRunning && waiting.length > 0) {
      const batch = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      running++;
      void runBatch(batch).then(() => {
        running--;
        flush();
      });
    }
    settleIdlers();
  };

  return {
    submit: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, since: performance.now(), resolve, reject });
        if (scheduled) return;
        if (running >= maxRunning) {
          pruning ??= setTimeout(prune, maxWaitMs).unref();
          return;
        }
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
