import { waitFor } from '@ardor/runtime/wait-for';
import type { BenchDatabase } from '../stage/databases.js';

const PATIENCE_MS = 180_000;
/** Seldom: the question costs Postgres something, and the rows themselves tell when it was over. */
const EACH_MS = 250;

/** Waits until no row is like that. */
export async function untilNoRow(database: BenchDatabase, condition: string, signal: AbortSignal): Promise<void> {
  const none = async (): Promise<boolean> => signal.aborted || !(await hasRow(database, condition));
  await waitFor(none, { withinMs: PATIENCE_MS, everyMs: EACH_MS });
  signal.throwIfAborted();
}

/** Waits until some row is like that. */
export async function untilSomeRow(database: BenchDatabase, condition: string, signal: AbortSignal): Promise<void> {
  await waitFor(async () => signal.aborted || (await hasRow(database, condition)), {
    withinMs: PATIENCE_MS,
    everyMs: 25,
  });
  signal.throwIfAborted();
}

async function hasRow({ query }: BenchDatabase, condition: string): Promise<boolean> {
  const [row] = await query<{ there: boolean }>(`SELECT EXISTS (SELECT FROM messages WHERE ${condition}) AS there`);
  return row?.there === true;
}

/** One row of numbers. */
export async function numbers<Row extends Record<string, number>>({ query }: BenchDatabase, sql: string): Promise<Row> {
  const [row] = await query<Row>(sql);
  if (!row) throw new Error('no row');
  return row;
}
