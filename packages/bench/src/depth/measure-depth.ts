import { uuid7Floor } from '@ardor/domain/message/uuid7';
import { waitFor } from '@ardor/runtime/wait-for';
import { cpuPerMessage, cpuSnapshot, type CpuPerMessage } from '../cpu/cpu-groups.js';
import { unreceiptedPlan } from '../load/request-plan.js';
import { runGenerator } from '../load/run-generator.js';
import { numbers } from '../scenarios/watch-rows.js';
import type { Host } from '../stage/stage.js';
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

/** A table at its depth, measured again and again: what a turn adds, it takes away. */
export interface OpenDepth {
  measure(messages: number): Promise<DepthMeasurement>;
}

const CONNECTIONS = 128;
const WARM_UP_MESSAGES = 2_000;
const LOOK_MS = 20;
const PATIENCE_MS = 180_000;

/** `place` keeps its queues and slots apart from those of other depths. */
export async function openDepth(depth: Depth, place: number, host: Host): Promise<OpenDepth> {
  // The same numbers in each turn, a minute apart or less.
  const settings = { QUEUE_PREFIX: `{depth${place}}`, NUMBER_LIMIT_SECONDS: '1' };
  const openedAt = Date.now();
  const system = await startSystem('ours', host, settings);
  await fillTable(depth, system, host);
  return {
    measure: async (messages) => {
      const turnAt = Date.now();
      const accept = await measureAccept(messages, system, host);
      const deliver = await measureDeliver(messages, system, host);
      return { accept: accept.cpu, deliver, errors: accept.errors + (await countFailed(openedAt, turnAt, system)) };
    },
  };
}

async function measureAccept(
  messages: number,
  { ports, database, groups }: System,
  { signal }: Host,
): Promise<{ cpu: CpuPerMessage; errors: number }> {
  const send = (requests: number, numbersFrom = '') => {
    const [plan, pace] = [unreceiptedPlan(numbersFrom), { kind: 'count', requests } as const];
    return runGenerator({ plan, ports, connections: CONNECTIONS, pace }, signal);
  };
  await send(WARM_UP_MESSAGES, '9');
  await database?.query('CHECKPOINT');
  const before = cpuSnapshot(groups());
  const { accepted, errors } = await send(messages);
  return { cpu: cpuPerMessage(before, cpuSnapshot(groups()), accepted), errors };
}

/** Claim, call and settlement of as many as were accepted, those first that wait for longest. */
async function measureDeliver(messages: number, system: System, host: Host): Promise<CpuPerMessage> {
  await system.database?.query('CHECKPOINT');
  const all = (await taken(system)) + WARM_UP_MESSAGES + messages;
  await system.startWorkers();
  // Starting a process is no part of it.
  const first = await untilTaken(all - messages, system, host);
  const before = cpuSnapshot(system.groups());
  const last = await untilTaken(all, system, host);
  const after = cpuSnapshot(system.groups());
  await system.stopWorkers();
  return cpuPerMessage(before, after, last - first);
}

/** How many messages the carrier has taken so far; asking Postgres would cost Postgres. */
async function taken({ carrierUrl = '' }: System): Promise<number> {
  const ledger = (await (await fetch(`${carrierUrl}/ledger`)).json()) as { taken: number };
  return ledger.taken;
}

async function untilTaken(count: number, system: System, { signal }: Host): Promise<number> {
  const enough = async (): Promise<number | undefined> => {
    const now = await taken(system);
    return now >= count || signal.aborted ? now : undefined;
  };
  const now = await waitFor(enough, { withinMs: PATIENCE_MS, everyMs: LOOK_MS });
  signal.throwIfAborted();
  return now;
}

/** Of those that came since the table was opened, as what is older has ended long ago. */
async function countFailed(openedAt: number, turnAt: number, { database }: System): Promise<number> {
  if (!database) throw new Error('nothing is stored here');
  const failed = `SELECT count(*)::float8 AS failed FROM messages WHERE id >= '${uuid7Floor(openedAt)}'
    AND status::text = 'error' AND final_at >= to_timestamp(${turnAt / 1_000})`;
  return (await numbers<{ failed: number }>(database, failed)).failed;
}
