import { createClosers } from '@ardor/runtime/closers';
import { uuid7Floor } from '@ardor/domain/uuid7';
import { cpuPerMessage, cpuSnapshot, type CpuPerMessage } from '../cpu/cpu-groups.js';
import { unreceiptedPlan } from '../load/request-plan.js';
import { runGenerator } from '../load/run-generator.js';
import { numbers, untilNoRow, untilSomeRow } from '../scenarios/watch-rows.js';
import type { BenchDatabase } from '../stage/databases.js';
import type { Stage, Trial } from '../stage/stage.js';
import { startSystem, type System } from '../stage/system.js';
import type { Depth } from './depth-points.js';
import { fillTable } from './fill-table.js';

/** CPU in microseconds for each message. */
export interface DepthMeasurement {
  readonly accept: CpuPerMessage;
  readonly deliver: CpuPerMessage;
  /** Refused, or ended in `error`. */
  readonly errors: number;
}

const CONNECTIONS = 128;
const WARM_UP_MESSAGES = 2_000;

/** Accepts messages over a filled table, and then lets a worker send them. */
export async function measureDepth(depth: Depth, messages: number, stage: Stage): Promise<DepthMeasurement> {
  const closers = createClosers();
  let runs = 0;
  const trial: Trial = { ...stage, closers, nextRun: () => runs++ };
  try {
    const system = await startSystem('ours', trial);
    if (!system.database) throw new Error('nothing is stored here');
    await fillTable(depth, system, trial);
    const fresh = `id >= '${uuid7Floor(Date.now())}'`;
    const accept = await measureAccept(messages, system, trial);
    const deliver = await measureDeliver(fresh, system, system.database, trial);
    return { accept: accept.cpu, deliver: deliver.cpu, errors: accept.errors + deliver.errors };
  } finally {
    await closers.closeAll();
  }
}

interface Measured {
  readonly cpu: CpuPerMessage;
  readonly errors: number;
}

/** Every depth gets the same number of messages, so that what they themselves add to the table is the same. */
async function measureAccept(messages: number, system: System, { signal }: Trial): Promise<Measured> {
  const send = (requests: number, numbersFrom = '') => {
    const [plan, pace] = [unreceiptedPlan(numbersFrom), { kind: 'count', requests } as const];
    return runGenerator({ plan, ports: system.ports, connections: CONNECTIONS, pace }, signal);
  };
  await send(WARM_UP_MESSAGES, '9');
  await system.database?.query('CHECKPOINT');
  const before = cpuSnapshot(system.groups());
  const { accepted, errors } = await send(messages);
  return { cpu: cpuPerMessage(before, cpuSnapshot(system.groups()), accepted), errors };
}

/** Claim, call and settlement, from the first settled message on. */
async function measureDeliver(
  fresh: string,
  system: System,
  database: BenchDatabase,
  { signal }: Trial,
): Promise<Measured> {
  const count = (condition: string): Promise<{ count: number }> =>
    numbers<{ count: number }>(
      database,
      `SELECT count(*)::float8 AS count FROM messages WHERE ${fresh} AND ${condition}`,
    );
  await database.query('CHECKPOINT');
  await system.startWorkers();
  await untilSomeRow(database, `${fresh} AND sent_at IS NOT NULL`, signal);
  const before = cpuSnapshot(system.groups());
  const { count: already } = await count('sent_at IS NOT NULL');
  // As text: else the planner may look through all that waits instead of what is fresh.
  await untilNoRow(database, `${fresh} AND status::text IN ('queuing', 'sending', 'uncertain')`, signal);
  const after = cpuSnapshot(system.groups());
  const [{ count: sent }, { count: failed }] = [
    await count('sent_at IS NOT NULL'),
    await count(`status::text = 'error'`),
  ];
  return { cpu: cpuPerMessage(before, after, sent - already), errors: failed };
}
