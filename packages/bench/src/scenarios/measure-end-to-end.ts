import { cpuPerMessage, cpuSnapshot } from '../cpu/cpu-groups.js';
import type { LoadResult } from '../load/load-result.js';
import { sendPlan } from '../load/request-plan.js';
import { runGenerator } from '../load/run-generator.js';
import type { System } from '../stage/system.js';
import type { Trial } from '../stage/stage.js';
import type { Measurement } from './measurement.js';
import { numbers, untilNoRow } from './watch-rows.js';

const CONNECTIONS = 128;
const WARM_UP_SHARE = 0.2;

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

/** The whole way: from the first POST until the receipt of the last message is stored. */
export async function measureEndToEnd(messagesPerSecond: number, system: System, trial: Trial): Promise<Measurement> {
  const { ports, database } = system;
  const { signal, options } = trial;
  if (!database) throw new Error('nothing is stored here');
  await system.startWorkers();
  const run = async (requests: number): Promise<LoadResult> => {
    const pace = { kind: 'count', requests } as const;
    const load = await runGenerator({ plan: sendPlan(trial.nextRun()), ports, connections: CONNECTIONS, pace }, signal);
    await untilNoRow(database, `final_at IS NULL`, signal);
    return load;
  };
  const requests = messagesPerSecond * options.seconds;
  await run(Math.ceil(requests * WARM_UP_SHARE));
  await database.query('CHECKPOINT');
  const warm = await numbers<Delivered>(database, DELIVERED);
  const before = cpuSnapshot(system.groups());
  const load = await run(requests);
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
