export interface BatcherOptions<T, R> {
  /** Items in one run at most, unless `submitAll` was given more at once: what came together is run together. */
  readonly maxBatch: number;
  /** Runs under way at once at most. */
  readonly maxConcurrentRuns: number;
  /** Beside a run that is under way, another begins only for so many items: a small one costs as much as a large one. */
  readonly minExtraBatch: number;
  /** A run that follows on another waits this long for those whom that one has answered, in milliseconds. */
  readonly lingerMs: number;
  /** An item that has waited for its run this long is rejected with WaitedTooLongError and never run, in milliseconds. */
  readonly maxWaitMs: number;
  /** One result for each item, in order. A rejection is every item's. */
  readonly run: (items: readonly T[]) => Promise<readonly R[]>;
}

export interface Batcher<T, R> {
  submit(item: T): Promise<R>;
  /** One or more items that go into the same run; their results, in order. */
  submitAll(items: readonly T[]): Promise<readonly R[]>;
  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void>;
}

/** The item certainly was not run. */
export class WaitedTooLongError extends Error {
  override readonly name = 'WaitedTooLongError';
  readonly loggable = true;
}

interface Waiting<T, R> {
  readonly items: readonly T[];
  readonly since: number;
  /** Takes its own results: those from index `from` on. */
  readonly resolve: (results: readonly R[], from: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Micro-batching that adapts: while no run is under way, what arrived in this turn of the event loop goes at once, so an
 * idle system waits for nobody; otherwise items gather until they are worth another run or the run ends, so a busy one
 * fills its batches.
 */
export function createBatcher<T, R>({
  maxBatch,
  maxConcurrentRuns,
  minExtraBatch,
  lingerMs,
  maxWaitMs,
  run,
}: BatcherOptions<T, R>): Batcher<T, R> {
  const waiting: Waiting<T, R>[] = [];
  /** Items that wait. */
  let size = 0;
  let running = 0;
  let scheduled = false;
  let gathering: NodeJS.Timeout | undefined;
  let idlers: (() => void)[] = [];
  let pruning: NodeJS.Timeout | undefined;

  /** Items wait in the order they came, so the stale ones are in front. */
  const dropStale = (): void => {
    const oldest = performance.now() - maxWaitMs;
    const fresh = waiting.findIndex(({ since }) => since > oldest);
    const stale = waiting.splice(0, fresh < 0 ? waiting.length : fresh);
    for (const { items } of stale) size -= items.length;
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
      const items = batch.flatMap((one) => one.items);
      const results = await run(items);
      if (results.length !== items.length) throw new Error('a batch must give one result for each item');
      let from = 0;
      for (const { items: own, resolve } of batch) {
        resolve(results, from);
        from += own.length;
      }
    } catch (error) {
      batch.forEach(({ reject }) => reject(error));
    }
  };

  /** As many as fit into one run, and one at least. */
  const takeBatch = (): Waiting<T, R>[] => {
    let taken = waiting[0]?.items.length ?? 0;
    let count = 1;
    for (; count < waiting.length; count++) {
      const more = waiting[count]?.items.length ?? 0;
      if (taken + more > maxBatch) break;
      taken += more;
    }
    size -= taken;
    return waiting.splice(0, count);
  };

  const mayRun = (): boolean => running === 0 || (running < maxConcurrentRuns && size >= minExtraBatch);

  const flush = (): void => {
    scheduled = false;
    dropStale();
    while (waiting.length > 0 && mayRun()) {
      running++;
      void runBatch(takeBatch()).then(() => {
        running--;
        follow();
      });
    }
    settleIdlers();
  };

  /** Who was answered asks again, if it asks again, within a turn or two: together they cost one run. */
  const follow = (): void => {
    if (scheduled) return;
    if (waiting.length === 0 || size >= minExtraBatch || lingerMs === 0) {
      flush();
      return;
    }
    scheduled = true;
    gathering = setTimeout(flushSoon, lingerMs);
  };

  const flushSoon = (): void => {
    clearTimeout(gathering);
    gathering = undefined;
    scheduled = true;
    setImmediate(flush);
  };

  const add = (one: Waiting<T, R>): void => {
    waiting.push(one);
    size += one.items.length;
    if (gathering ? size >= minExtraBatch : !scheduled && mayRun()) flushSoon();
    else if (!scheduled) pruning ??= setTimeout(prune, maxWaitMs).unref();
  };

  return {
    submit: (item) =>
      new Promise((resolve, reject) => {
        const take = (results: readonly R[], from: number): void => resolve(results[from] as R);
        add({ items: [item], since: performance.now(), resolve: take, reject });
      }),
    submitAll: (items) =>
      new Promise((resolve, reject) => {
        const take = (results: readonly R[], from: number): void => resolve(results.slice(from, from + items.length));
        add({ items, since: performance.now(), resolve: take, reject });
      }),
    idle: () =>
      new Promise((resolve) => {
        if (running === 0 && waiting.length === 0) resolve();
        else idlers.push(resolve);
      }),
  };
}
