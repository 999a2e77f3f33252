import { cpuPerMessage, cpuSnapshot } from '../cpu/cpu-groups.js';
import type { LoadResult } from '../load/load-result.js';
import { sendPlan, unreceiptedPlan } from '../load/request-plan.js';
import { runFullSpeed } from '../load/full-speed.js';
import type { System } from '../stage/system.js';
import type { Trial } from '../stage/stage.js';
import type { Measurement } from './measurement.js';
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

const WAYS = {
  receipt: { plan: sendPlan, underWay: 'final_at IS NULL' },
  sent: { plan: () => unreceiptedPlan(), underWay: 'sent_at IS NULL AND final_at IS NULL' },
} as const;

/** The whole way, from the first POST until nothing is under way. What is accepted faster than it is sent waits. */
export async function measureEndToEnd(until: keyof typeof WAYS, system: System, trial: Trial): Promise<Measurement> {
  const way = WAYS[until];
  const { ports, database } = system;
  const { wrk, signal, options, servers } = trial;
  if (!database) throw new Error('nothing is stored here');
  await system.startWorkers();
  const plan = () => way.plan(trial.nextRun());
  const run = async (seconds: number): Promise<LoadResult> => {
    const { connections } = options;
    const load = await runFullSpeed({ wrk, plan, ports, connections, seconds, folder: servers.folder }, signal);
    await untilNoRow(database, way.underWay, signal);
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
    latency_ms: null,
    loop_delay_p99_ms: null,
    memory: null,
  };
}
