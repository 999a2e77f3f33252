import { cpuPerMessage, cpuSnapshot } from '../cpu/cpu-groups.js';
import { UNRECEIPTED_NUMBERS, unreceiptedPlan } from '../load/request-plan.js';
import { runGenerator } from '../load/run-generator.js';
import type { Trial } from '../session/session.js';
import type { System } from '../session/start-system.js';
import { type Measurement, NO_MORE } from './measurement.js';
import { numbers, untilNoRow, untilSomeRow } from './watch-rows.js';

const FILL_CONNECTIONS = 128;

interface Ended {
  readonly [field: string]: number;
  readonly sent: number;
  readonly failed: number;
  readonly first: number;
  readonly seconds: number;
}

/** The clock begins at the first settlement, so that the start of a process is no part of the rate. */
const ENDED = `
  SELECT count(*) FILTER (WHERE status = 'sent')::float8 AS sent, count(*) FILTER (WHERE status = 'error')::float8 AS failed,
    count(*) FILTER (WHERE sent_at = (SELECT min(sent_at) FROM messages))::float8 AS first,
    extract(epoch FROM max(sent_at) - min(sent_at))::float8 AS seconds
  FROM messages`;

/** Measures how fast workers empty a queue. */
export async function measureDrain(messagesPerSecond: number, system: System, trial: Trial): Promise<Measurement> {
  const { ports, database } = system;
  const requests = Math.min(UNRECEIPTED_NUMBERS, messagesPerSecond * trial.options.seconds);
  const pace = { kind: 'count', requests } as const;
  await runGenerator({ plan: unreceiptedPlan(), ports, connections: FILL_CONNECTIONS, pace }, trial.signal);
  await database.query('CHECKPOINT');
  await system.startWorkers();
  await untilSomeRow(database, `sent_at IS NOT NULL`, trial.signal);
  const before = cpuSnapshot(system.groups());
  const { already } = await numbers<{ already: number }>(
    database,
    `SELECT count(*)::float8 AS already FROM messages WHERE sent_at IS NOT NULL`,
  );
  await untilNoRow(database, `status IN ('queuing', 'sending', 'uncertain')`, trial.signal);
  const after = cpuSnapshot(system.groups());
  const { sent, failed, first, seconds } = await numbers<Ended>(database, ENDED);
  return {
    per_second: seconds > 0 ? (sent - first) / seconds : 0,
    errors: failed,
    cpu_us: cpuPerMessage(before, after, sent - already),
    ...NO_MORE,
  };
}
