import { cpuPerMessage, cpuSnapshot } from '../cpu/cpu-groups.js';
import type { LoadResult } from '../load/load-result.js';
import { sendPlan } from '../load/request-plan.js';
import { runFullSpeed } from '../load/full-speed.js';
import type { System } from '../stage/system.js';
import type { Trial } from '../stage/stage.js';
import type { Measurement } from './measurement.js';
import { numbers, untilNoRow } from './watch-rows.js';

const WARM_UP_SECONDS = 3;

interface Delivered {
  readonly [field: string]: number;
  readonly delivered: number;
  readonly failed: number;
  readonly last: number;
}

const DELIVERED = `
  SELECT count(*) FILTER (WHERE status = 'delivered')::float8 AS delivered,
    count(*) FILTER (WHERE status <> 'delivered')::float8 AS failed,
    (extract(epoch FROM max(final_at)) * 1000)::float8 AS last
  FROM messages WHERE final_at IS NOT NULL`;

/** The whole way: from the first POST until the receipt of the last message is stored. What is accepted faster than it is sent waits. */
export async function measureEndToEnd(system: System, trial: Trial): Promise<Measurement> {
  const { ports, database } = system;
  const { wrk, signal, options, servers } = trial;
  if (!database) throw new Error('nothing is stored here');
  await system.startWorkers();
  const plan = () => sendPlan(trial.nextRun());
  const run = async (seconds: number): Promise<LoadResult> => {
    const { connections } = options;
    const load = await runFullSpeed({ wrk, plan, ports, connections, seconds, folder: servers.folder }, signal);
    await untilNoRow(database, `final_at IS NULL`, signal);
    return load;
  };
  await run(WARM_UP_SECONDS);
  await database.query('CHECKPOINT');
  const warm = await numbers<Delivered>(database, DELIVERED);
  const before = cpuSnapshot(system.groups());
  const load = await run(options.seconds);
  const after = cpuSnapshot(system.groups());
  const { delivered, failed, last } = await numbers<Delivered>(database, DELIVERED);
  const messages = delivered - warm.delivered;
  return {
    per_second: messages / ((last - load.startedAt) / 1_000),
    errors: load.errors + failed - warm.failed,
    cpu_us: cpuPerMessage(before, after, messages),
    latency_ms: null,
    loop_delay_p99_ms: null,
    memory: null,
  };
}
