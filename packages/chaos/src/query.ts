import pg from 'pg';
import { waitFor } from '@ardor/runtime/wait-for';

export type Query = <R extends object>(sql: string, values?: unknown[]) => Promise<R[]>;

/** Asks past the proxy, on a connection of its own each time, and again while the server restarts. */
export const directQuery =
  (url: () => string): Query =>
  <R extends object>(sql: string, values: unknown[] = []) =>
    waitFor<R[]>(
      async () => {
        const client = new pg.Client({ connectionString: url() });
        client.on('error', () => undefined);
        await client.connect();
        try {
          return (await client.query<R>(sql, values)).rows;
        } finally {
          await client.end();
        }
      },
      { withinMs: 30_000 },
    );
