import { cpuPerMessage, cpuSnapshot } from '../cpu/cpu-groups.js';
import type { LoadResult } from '../load/generator.js';
import { sendPlan, unreceiptedPlan } from '../load/request-plan.js';
import { runGenerator } from '../load/run-generator.js';
import { CONNECTIONS, type Trial } from '../session/session.js';
import type { System } from '../session/start-system.js';
import { type Measurement, NO_MORE } from './measurement.js';
import { numbers, untilNoRow } from './watch-rows.js';

const WARM_UP_SECONDS = 3;

interface Done {
  readonly [field: string]: number;
  readonly done: number;
  readonly failed: number;
  readonly last: number;
}

const DONE = `
  SELECT count(*) FILTER (WHERE status <> 'error')::float8 AS done, count(*) FILTER (WHERE status = 'error')::float8 AS failed,
    (extract(epoch FROM max(greatest(sent_at, final_at))) * 1000)::float8 AS last
  FROM messages`;

const ENDS = {
  receipt: { plan: sendPlan, unfinished: 'final_at IS NULL' },
  sent: { plan: () => unreceiptedPlan(), unfinished: 'sent_at IS NULL AND final_at IS NULL' },
} as const;

/** Measures from the first POST until no message is unfinished. Ardor accepts faster than it sends; the rest waits. */
export async function measureEndToEnd(until: keyof typeof ENDS, system: System, trial: Trial): Promise<Measurement> {
  const { plan, unfinished } = ENDS[until];
  const { ports, database } = system;
  const connections = ports.length * CONNECTIONS;
  const { signal, options } = trial;
  await system.startWorkers();
  const run = async (seconds: number): Promise<LoadResult> => {
    const load = await runGenerator(
      { plan: plan(trial.nextRun()), ports, connections, pace: { kind: 'full', seconds } },
      signal,
    );
    await untilNoRow(database, unfinished, signal);
    return load;
  };
  await run(WARM_UP_SECONDS);
  await database.query('CHECKPOINT');
  const warm = await numbers<Done>(database, DONE);
  const before = cpuSnapshot(system.groups());
  const load = await run(options.seconds);
  const after = cpuSnapshot(system.groups());
  const { done, failed, last } = await numbers<Done>(database, DONE);
  const messages = done - warm.done;
  return {
    per_second: messages / ((last - load.startedAt) / 1_000),
    errors: load.errors + failed - warm.failed,
    cpu_us: cpuPerMessage(before, after, messages),
    ...NO_MORE,
  };
}
