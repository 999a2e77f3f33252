import type { Database } from './database.js';

/** Reads the database's clock, Unix milliseconds with a fraction. Not now(): that is when the transaction began. */
export const createReadDatabaseTime =
  ({ sql }: Database): (() => Promise<number>) =>
  async () => {
    const [row] = await sql<{ ms: number }>`SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms`;
    return row?.ms ?? NaN;
  };
