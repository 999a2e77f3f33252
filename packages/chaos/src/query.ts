import pg from 'pg';
import { waitFor } from '@ardor/runtime/wait-for';

export type Query = <R extends object>(sql: string, values?: unknown[]) => Promise<R[]>;

/** Queries past the proxy on a new connection each time, and repeats it while the server restarts. */
export const directQuery =
  (url: () => string): Query =>
  <R extends object>(sql: string, values: unknown[] = []) =>
    waitFor<R[]>(
      async () => {
        const client = new pg.Client({ connectionString: url() });
        // A failed query rejects; without a listener the event would end the run.
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
