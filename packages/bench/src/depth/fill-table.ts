import { sendPlan } from '../load/request-plan.js';
import { runGenerator } from '../load/run-generator.js';
import type { BenchDatabase } from '../stage/databases.js';
import type { System } from '../stage/system.js';
import type { Trial } from '../stage/stage.js';
import type { Depth } from './depth-points.js';
import { historySpans, waitingSpans, type RowSpan } from './plan-rows.js';
import { historyRows, partitionsOf, waitingRows } from './row-statements.js';

/** Puts rows into the real table, past the service, with the indexes as they are; then lets Postgres learn of them. */
export async function fillTable({ waiting, history }: Depth, system: System, trial: Trial): Promise<void> {
  const { database } = system;
  if (!database) throw new Error('nothing is stored here');
  const sampleId = await acceptOne(system, database, trial);
  const now = Date.now();
  const fill = async (spans: readonly RowSpan[], statement: typeof waitingRows): Promise<void> => {
    for (const span of spans) {
      trial.signal.throwIfAborted();
      await database.query(partitionsOf(span));
      await database.query(statement(span, sampleId));
    }
  };
  await fill(historySpans(history, now), historyRows);
  await fill(waitingSpans(waiting, now), waitingRows);
  await database.query('VACUUM (ANALYZE) messages');
  await database.query('CHECKPOINT');
}

async function acceptOne({ ports }: System, database: BenchDatabase, trial: Trial): Promise<string> {
  const pace = { kind: 'count', requests: 1 } as const;
  await runGenerator({ plan: sendPlan(trial.nextRun()), ports, connections: 1, pace }, trial.signal);
  const [row] = await database.query<{ id: string }>('SELECT id FROM messages');
  if (!row) throw new Error('no message was accepted');
  return row.id;
}
