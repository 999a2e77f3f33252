import { uuid7Floor } from '@ardor/domain/message/uuid7';
import { waitFor } from '@ardor/runtime/wait-for';
import { GENEROUS_TIMEOUTS } from '@ardor/testkit/fixtures';
import { cpuPerMessage, cpuSnapshot, type CpuPerMessage } from '../cpu/cpu-groups.js';
import { unreceiptedPlan } from '../load/request-plan.js';
import { runGenerator } from '../load/run-generator.js';
import { numbers } from '../scenarios/watch-rows.js';
import type { Session } from '../session/session.js';
import { startSystem, type System } from '../session/start-system.js';
import type { Depth } from './depth-points.js';
import { fillTable } from './fill-table.js';

/** CPU in microseconds for each message. */
export interface DepthMeasurement {
  readonly accept: CpuPerMessage;
  readonly deliver: CpuPerMessage;
  /** Refused, or ended in `error`. */
  readonly errors: number;
}

/** A table at its depth. It can be measured again and again: a round sends all that it accepts. */
export interface OpenDepth {
  measure(messages: number): Promise<DepthMeasurement>;
}

const CONNECTIONS = 128;
const WARM_UP_MESSAGES = 2_000;
const EVERY_MS = 20;
const TIMEOUT_MS = 180_000;

/** `index` keeps its queues and slots apart from those of other depths. */
export async function openDepth(depth: Depth, index: number, session: Session): Promise<OpenDepth> {
  // Every round sends to the same numbers, at most a minute apart.
  const settings = { ...GENEROUS_TIMEOUTS, QUEUE_PREFIX: `{depth${index}}`, NUMBER_LIMIT_SECONDS: '1' };
  const openedAt = Date.now();
  const system = await startSystem('ardor', session, settings);
  await fillTable(depth, system, session);
  return {
    measure: async (messages) => {
      const turnAt = Date.now();
      const accept = await measureAccept(messages, system, session);
      const deliver = await measureDeliver(messages, system, session);
      return { accept: accept.cpu, deliver, errors: accept.errors + (await countFailed(openedAt, turnAt, system)) };
    },
  };
}

async function measureAccept(
  messages: number,
  { ports, database, groups }: System,
  { signal }: Session,
): Promise<{ cpu: CpuPerMessage; errors: number }> {
  const send = (requests: number, numbersFrom = '') => {
    const [plan, pace] = [unreceiptedPlan(numbersFrom), { kind: 'count', requests } as const];
    return runGenerator({ plan, ports, connections: CONNECTIONS, pace }, signal);
  };
  await send(WARM_UP_MESSAGES, '9');
  await database.query('CHECKPOINT');
  const before = cpuSnapshot(groups());
  const { accepted, errors } = await send(messages);
  return { cpu: cpuPerMessage(before, cpuSnapshot(groups()), accepted), errors };
}

/** Measures claim, call and settlement of as many messages as were accepted; the oldest go first. */
async function measureDeliver(messages: number, system: System, session: Session): Promise<CpuPerMessage> {
  await system.database.query('CHECKPOINT');
  const all = (await taken(system)) + WARM_UP_MESSAGES + messages;
  await system.startWorkers();
  // The start of a process is no part of it.
  const first = await untilTaken(all - messages, system, session);
  const before = cpuSnapshot(system.groups());
  const last = await untilTaken(all, system, session);
  const after = cpuSnapshot(system.groups());
  await system.stopWorkers();
  return cpuPerMessage(before, after, last - first);
}

/** Asks the carrier how many messages it has taken, because a query would cost Postgres CPU. */
async function taken({ carrierUrl }: System): Promise<number> {
  const ledger = (await (await fetch(`${carrierUrl}/ledger`)).json()) as { taken: number };
  return ledger.taken;
}

function untilTaken(count: number, system: System, { signal }: Session): Promise<number> {
  const enough = async (): Promise<number | undefined> => {
    const now = await taken(system);
    return now >= count ? now : undefined;
  };
  return waitFor(enough, { withinMs: TIMEOUT_MS, everyMs: EVERY_MS, signal });
}

/** Counts the failed messages of this round. */
async function countFailed(openedAt: number, turnAt: number, { database }: System): Promise<number> {
  const failed = `SELECT count(*)::float8 AS failed FROM messages WHERE id >= '${uuid7Floor(openedAt)}'
    AND status::text = 'error' AND final_at >= to_timestamp(${turnAt / 1_000})`;
  return (await numbers<{ failed: number }>(database, failed)).failed;
}
