import { runGenerator } from '../load/run-generator.js';
import { UNRECEIPTED_NUMBERS, unreceiptedBatchPlan, unreceiptedPlan, type RequestPlan } from '../load/request-plan.js';
import type { BenchDatabase } from '../stage/databases.js';
import type { System } from '../stage/system.js';
import type { Host } from '../stage/stage.js';
import type { Depth } from './depth-points.js';
import { historySpans } from './plan-rows.js';
import { historyRows, partitionsOf } from './row-statements.js';

/** The table as it would be, with the indexes as they are; then lets Postgres learn of it. */
export async function fillTable({ waiting, history }: Depth, system: System, host: Host): Promise<void> {
  const { database } = system;
  if (!database) throw new Error('nothing is stored here');
  // What waits shall not expire meanwhile.
  await database.query('UPDATE templates SET validity_seconds = 604800');
  await accept(unreceiptedPlan('9'), 1, system, host);
  await fillHistory(history, database, host);
  await fillWaiting(waiting, system, host);
  await database.query('VACUUM (ANALYZE) messages');
  await database.query('CHECKPOINT');
}

/** Past the service: nothing is left of a message that is over but its row. */
async function fillHistory(history: number, { query }: BenchDatabase, host: Host): Promise<void> {
  const [sample] = await query<{ id: string }>('SELECT id FROM messages');
  if (!sample) throw new Error('no message was accepted');
  for (const span of historySpans(history, Date.now())) {
    host.signal.throwIfAborted();
    await query(partitionsOf(span));
    await query(historyRows(span, sample.id));
  }
}

const ITEMS = 1_000;

/** By requests, rounded up to whole ones: what waits has its row, its payload, its job and its slot. */
async function fillWaiting(waiting: number, system: System, host: Host): Promise<void> {
  for (let left = waiting; left > 0; left -= UNRECEIPTED_NUMBERS) {
    const part = Math.min(left, UNRECEIPTED_NUMBERS);
    await accept(unreceiptedBatchPlan(ITEMS), Math.ceil(part / ITEMS), system, host);
  }
}

async function accept(plan: RequestPlan, requests: number, { ports }: System, { signal }: Host): Promise<void> {
  const pace = { kind: 'count', requests } as const;
  const { errors } = await runGenerator({ plan, ports, connections: 4, pace }, signal);
  if (errors > 0) throw new Error(`${errors} of ${requests * plan.items} messages were refused`);
}
