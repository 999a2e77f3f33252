import { type ProcessRecord, isAlive } from './process-record.js';
import { until } from './until.js';

/** Send `signal`, then wait up to `waitMs` milliseconds for the process to be gone before the next step. */
export interface StopStep {
  signal: NodeJS.Signals;
  waitMs: number;
}

/** For ordinary programs: ask, give it ten seconds, then kill. */
export const ASK_THEN_KILL: readonly StopStep[] = [
  { signal: 'SIGTERM', waitMs: 10_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

/** For Postgres: SIGINT is its fast shutdown (SIGTERM would wait for every client), SIGQUIT its immediate one. */
export const FAST_SHUTDOWN: readonly StopStep[] = [
  { signal: 'SIGINT', waitMs: 15_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

/** Walks the steps until the process is gone. False when it survived all of them (stuck in the kernel). */
export async function signalSteps(record: ProcessRecord, steps: readonly StopStep[]): Promise<boolean> {
  for (const { signal, waitMs } of steps) {
    send(record, signal);
    const gone = await until(() => (isAlive(record) ? undefined : true), { withinMs: waitMs, everyMs: 20 });
    if (gone === true) return true;
  }
  return !isAlive(record);
}

function send(record: ProcessRecord, signal: NodeJS.Signals): void {
  if (!isAlive(record)) return;
  try {
    process.kill(record.pid, signal);
  } catch (error) {
    // It may have ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
