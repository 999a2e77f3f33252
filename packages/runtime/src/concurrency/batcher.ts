export interface BatcherOptions<T, R> {
  /** The largest number of items in one run. A single `submitAll` may exceed it, because its items share a run. */
  readonly maxBatch: number;
  /** The largest number of runs at the same time. */
  readonly maxConcurrentRuns: number;
  /** A second run starts beside another only for this many items: a small run costs as much as a large one. */
  readonly minExtraBatch: number;
  /** After a run, the next one waits this long for new items, in milliseconds. Zero: it does not wait. */
  readonly lingerMs: number;
  /** An item that waits longer is rejected with WaitedTooLongError and never run, in milliseconds. */
  readonly maxWaitMs: number;
  /** Returns one result for each item, in order. A rejection rejects every item of the run. */
  readonly run: (items: readonly T[]) => Promise<readonly R[]>;
}

export interface Batcher<T, R> {
  submit(item: T): Promise<R>;
  /** Submits items that must share a run. Returns their results, in order. */
  submitAll(items: readonly T[]): Promise<readonly R[]>;
  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void>;
}

/** The item was certainly not run. */
export class WaitedTooLongError extends Error {
  override readonly name = 'WaitedTooLongError';
  readonly loggable = true;
}

/** The items of one `submit` or `submitAll`. */
interface Group<T, R> {
  readonly items: readonly T[];
  readonly since: number;
  /** Gets the results of the whole run. The group's own results begin at index `from`. */
  readonly resolve: (results: readonly R[], from: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Adaptive micro-batching. Without a run in flight, the items of this turn of the event loop start at once: an idle
 * system adds no delay. Otherwise items wait until a run ends, or until enough of them justify another run: a busy
 * system fills its batches. The batcher is in one of three states, beside its 0..maxConcurrentRuns runs:
 *
 * - `open`: no flush is planned. An added item plans one when a run may start. Otherwise it waits, at most `maxWaitMs`.
 * - `lingering`: a run has ended, and few items wait. A flush is planned after `lingerMs`, or as soon as enough items wait.
 * - `flushing`: a flush is planned for the end of this turn. It starts as many runs as may start, and the state is `open`.
 */
export function createBatcher<T, R>({
  maxBatch,
  maxConcurrentRuns,
  minExtraBatch,
  lingerMs,
  maxWaitMs,
  run,
}: BatcherOptions<T, R>): Batcher<T, R> {
  /** Ordered by arrival, so stale groups are at the front. */
  const waiting: Group<T, R>[] = [];
  let waitingItems = 0;
  let running = 0;
  let state: 'open' | 'lingering' | 'flushing' = 'open';
  let lingerTimer: NodeJS.Timeout | undefined;
  let staleTimer: NodeJS.Timeout | undefined;
  let idleWaiters: (() => void)[] = [];

  const dropStale = (): void => {
    const oldest = performance.now() - maxWaitMs;
    const fresh = waiting.findIndex(({ since }) => since > oldest);
    const stale = waiting.splice(0, fresh < 0 ? waiting.length : fresh);
    for (const { items } of stale) waitingItems -= items.length;
    stale.forEach(({ reject }) => reject(new WaitedTooLongError('waited too long to be run')));
  };

  /**
   * While a run hangs, nothing is flushed, so only a timer can reject what waits. One timer serves all groups, because
   * a timer for each would cost more than the group itself.
   */
  const watchForStale = (): void => {
    const [first] = waiting;
    if (first === undefined || staleTimer) return;
    staleTimer = setTimeout(onStaleTimer, Math.max(1, first.since + maxWaitMs - performance.now())).unref();
  };

  const onStaleTimer = (): void => {
    staleTimer = undefined;
    dropStale();
    watchForStale();
    resolveIfIdle();
  };

  const resolveIfIdle = (): void => {
    if (running > 0 || waiting.length > 0) return;
    idleWaiters.forEach((resolve) => resolve());
    idleWaiters = [];
  };

  const runBatch = async (batch: readonly Group<T, R>[]): Promise<void> => {
    try {
      const items = batch.flatMap((group) => group.items);
      const results = await run(items);
      if (results.length !== items.length) throw new Error('a batch must give one result for each item');
      let from = 0;
      for (const group of batch) {
        group.resolve(results, from);
        from += group.items.length;
      }
    } catch (error) {
      batch.forEach(({ reject }) => reject(error));
    }
  };

  /** Takes as many groups as fit into one run, and at least one. */
  const takeBatch = (): Group<T, R>[] => {
    let taken = waiting[0]?.items.length ?? 0;
    let count = 1;
    for (; count < waiting.length; count++) {
      const more = waiting[count]?.items.length ?? 0;
      if (taken + more > maxBatch) break;
      taken += more;
    }
    waitingItems -= taken;
    return waiting.splice(0, count);
  };

  const canRun = (): boolean => running === 0 || (running < maxConcurrentRuns && waitingItems >= minExtraBatch);

  const flush = (): void => {
    state = 'open';
    dropStale();
    while (waiting.length > 0 && canRun()) {
      running++;
      void runBatch(takeBatch()).then(() => {
        running--;
        scheduleNext();
      });
    }
    watchForStale();
    resolveIfIdle();
  };

  /** Clients that just got a response usually send again within a few milliseconds. Waiting puts them into one run. */
  const scheduleNext = (): void => {
    if (state !== 'open') return;
    if (waiting.length === 0 || waitingItems >= minExtraBatch || lingerMs === 0) {
      flush();
      return;
    }
    state = 'lingering';
    lingerTimer = setTimeout(flushThisTurn, lingerMs);
  };

  /** Flushes at the end of this turn of the event loop. Items of the same turn therefore share a run. */
  const flushThisTurn = (): void => {
    clearTimeout(lingerTimer);
    state = 'flushing';
    setImmediate(flush);
  };

  const add = (group: Group<T, R>): void => {
    waiting.push(group);
    waitingItems += group.items.length;
    if (state === 'lingering' && waitingItems >= minExtraBatch) flushThisTurn();
    if (state !== 'open') return;
    if (canRun()) flushThisTurn();
    else watchForStale();
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
        else idleWaiters.push(resolve);
      }),
  };
}
