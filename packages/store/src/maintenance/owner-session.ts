import pg from 'pg';
import { DRIVER_MARGIN_MS } from '../sql/driver-margin.js';
import { toStoreError } from '../sql/store-error.js';

export interface OwnerSession {
  /** Runs one statement outside of a transaction. Throws StoreError. */
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
}

/**
 * A statement that waits longer for a lock fails (55P03). A send or a query may wait behind such a statement, so the wait
 * is shorter than the time after which they give up (ANSWER_DEADLINE_MS, 400 ms by default).
 */
export const LOCK_TIMEOUT_MS = 250;
const CONNECT_TIMEOUT_MS = 3_000;
/** Longer than it takes to delete the files of a large partition. */
const STATEMENT_TIMEOUT_MS = 60_000;

/**
 * Opens a connection for one piece of maintenance, and always closes it: with it end all locks that the session holds.
 * The URL must lead to the server itself, or to a pooler in session mode.
 */
export async function withOwnerSession<T>(url: string, work: (session: OwnerSession) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + DRIVER_MARGIN_MS,
    keepAlive: true,
    application_name: 'ardor-maintenance',
  });
  // When the session ends, the query in flight rejects. Without a listener, this event would also end the process.
  client.on('error', () => undefined);
  const guarded = async <Result>(run: () => Promise<Result>): Promise<Result> => {
    try {
      return await run();
    } catch (error) {
      throw toStoreError(error, `${client.host}:${client.port}`);
    }
  };
  try {
    await guarded(() => client.connect());
    await guarded(() => client.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`));
    return await work({
      query: async <Row extends object>(sql: string, values: unknown[] = []) =>
        (await guarded(() => client.query<Row>(sql, values))).rows,
    });
  } finally {
    await client.end();
  }
}
