import { runPeriodically } from '@ardor/runtime/concurrency/run-periodically';
import type { Duty } from './duty.js';

/** A duty runs this many full batches in a row at most, so a long backlog of one kind does not keep the others waiting. */
const MAX_BATCHES = 10;

export interface DutyObserver {
  /** Called after each run that moved something. */
  onDone(duty: Duty, moved: number): void;
  onError(duty: Duty, error: unknown): void;
}

/**
 * Repeats each duty at its own pace. The duties of one call run one at a time, so together they need one connection of
 * the database's pool. Give a duty that waits for another system its own startDuties(). One that fails stops no other.
 * `stop` waits for the batch that is running and lets no other begin.
 */
export function startDuties(duties: readonly Duty[], observer: DutyObserver): { stop(): Promise<void> } {
  let stopped = false;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (runDuty: () => Promise<void>): Promise<void> => {
    const turn = last.then(runDuty);
    // A turn that failed is reported by its own loop; the next one must not wait for it or fail with it.
    last = turn.catch(() => undefined);
    return turn;
  };
  const run = async (duty: Duty): Promise<void> => {
    let total = 0;
    try {
      for (let batch = 0, more = true; more && !stopped && batch < MAX_BATCHES; batch++) {
        const result = await duty.run();
        total += result.moved;
        more = result.more;
      }
    } catch (error) {
      observer.onError(duty, error);
    }
    if (total > 0) observer.onDone(duty, total);
  };
  const loops = duties.map((duty) =>
    runPeriodically(
      () => inTurn(() => run(duty)),
      duty.everyMs,
      (error) => observer.onError(duty, error),
    ),
  );
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
