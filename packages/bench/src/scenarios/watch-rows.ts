import { waitFor } from '@ardor/runtime/wait-for';
import type { BenchDatabase } from '../session/databases.js';

const TIMEOUT_MS = 180_000;
/** Seldom, because the query costs Postgres CPU. The rows themselves say when they were done. */
const EVERY_MS = 250;

/** Waits until no row meets a condition. */
export async function untilNoRow(database: BenchDatabase, condition: string, signal: AbortSignal): Promise<void> {
  await waitFor(async () => !(await hasRow(database, condition)), { withinMs: TIMEOUT_MS, everyMs: EVERY_MS, signal });
}

/** Waits until some row meets a condition. */
export async function untilSomeRow(database: BenchDatabase, condition: string, signal: AbortSignal): Promise<void> {
  await waitFor(() => hasRow(database, condition), { withinMs: TIMEOUT_MS, signal });
}

async function hasRow({ query }: BenchDatabase, condition: string): Promise<boolean> {
  const [row] = await query<{ there: boolean }>(`SELECT EXISTS (SELECT FROM messages WHERE ${condition}) AS there`);
  return row?.there === true;
}

/** Returns one row of numbers. */
export async function numbers<Row extends Record<string, number>>({ query }: BenchDatabase, sql: string): Promise<Row> {
  const [row] = await query<Row>(sql);
  if (!row) throw new Error('no row');
  return row;
}
