import pg from 'pg';
import { DRIVER_MARGIN_MS } from './driver-margin.js';
import { createSql, type Sql } from './sql.js';
import { createStatementNames } from './statement-names.js';
import { toStoreError } from './store-error.js';
import { createTypedClient, type TypedClient } from './typed-client.js';

export interface DatabaseOptions {
  /** postgresql://… */
  readonly url: string;
  /** Connections at most. */
  readonly pool: number;
  /** The limit for a statement, and for the wait for a connection, in milliseconds. */
  readonly timeoutMs: number;
}

/** Every call throws StoreError when its statement fails. */
export interface Database {
  /** The typed client, for clients, passcodes, templates and grants. Its raw SQL is left out: use `sql`. */
  readonly prisma: Omit<TypedClient, `$${string}`>;
  /** Every statement that is written as SQL. */
  readonly sql: Sql;
  /** One round trip; also compiles the typed client's first query, which takes about 100 ms. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const IDLE_MS = 2_000;

export function openDatabase({ url, pool: max, timeoutMs }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs + DRIVER_MARGIN_MS,
    // Connections that hang with their server are dropped after this time, instead of being tried one by one.
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    application_name: 'ardor',
  });
  // An idle connection has ended: the next statement opens another. Without a listener the event ends the process.
  pool.on('error', () => undefined);
  const names = createStatementNames();
  const { host, port } = new pg.Client({ connectionString: url });
  const toError = (error: unknown): Error => toStoreError(error, `${host}:${port}`);
  const prisma = createTypedClient({ pool, nameOf: names, toError });
  return {
    prisma,
    sql: createSql({ pool, nameOf: names, toError }),
    ping: async () => {
      await prisma.$queryRaw`SELECT 1`;
    },
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}
