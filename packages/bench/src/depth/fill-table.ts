import { runGenerator } from '../load/run-generator.js';
import { UNRECEIPTED_NUMBERS, unreceiptedBatchPlan, unreceiptedPlan, type RequestPlan } from '../load/request-plan.js';
import type { BenchDatabase } from '../session/databases.js';
import type { Session } from '../session/session.js';
import type { System } from '../session/start-system.js';
import type { Depth } from './depth-points.js';
import { historySpans } from './plan-rows.js';
import { historyRows, partitionsOf } from './row-statements.js';

/** Fills the table with its indexes in place, then updates the statistics of Postgres. */
export async function fillTable({ waiting, history }: Depth, system: System, session: Session): Promise<void> {
  const { database } = system;
  // Messages must not expire while they wait.
  await database.query('UPDATE templates SET validity_seconds = 604800');
  await accept(unreceiptedPlan('9'), 1, system, session);
  await fillHistory(history, database, session);
  await fillWaiting(waiting, system, session);
  await database.query('VACUUM (ANALYZE) messages');
  await database.query('CHECKPOINT');
}

/** Inserts history directly: only its row is left of a message that has ended. */
async function fillHistory(history: number, { query }: BenchDatabase, session: Session): Promise<void> {
  const [sample] = await query<{ id: string }>('SELECT id FROM messages');
  if (!sample) throw new Error('no message was accepted');
  for (const span of historySpans(history, Date.now())) {
    session.signal.throwIfAborted();
    await query(partitionsOf(span));
    await query(historyRows(span, sample.id));
  }
}

const ITEMS = 1_000;

/** Sends whole batches, so that a waiting message has its row, payload, job and slot. */
async function fillWaiting(waiting: number, system: System, session: Session): Promise<void> {
  for (let left = waiting; left > 0; left -= UNRECEIPTED_NUMBERS) {
    const part = Math.min(left, UNRECEIPTED_NUMBERS);
    await accept(unreceiptedBatchPlan(ITEMS), Math.ceil(part / ITEMS), system, session);
  }
}

async function accept(plan: RequestPlan, requests: number, { ports }: System, { signal }: Session): Promise<void> {
  const pace = { kind: 'count', requests } as const;
  const { errors } = await runGenerator({ plan, ports, connections: 4, pace }, signal);
  if (errors > 0) throw new Error(`${errors} of ${requests * plan.items} messages were refused`);
}
