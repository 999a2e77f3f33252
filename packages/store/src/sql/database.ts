import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../generated/client.js';
import { createStatementNames } from './statement-names.js';
import { createSql, type Sql } from './sql.js';

export interface DatabaseOptions {
  /** postgresql://… */
  readonly url: string;
  /** Connections at most. */
  readonly pool: number;
  /** A statement, the wait for a connection and an answer each take this long at most, in milliseconds. */
  readonly timeoutMs: number;
}

/** The typed client and its pool. */
export interface Database {
  readonly prisma: PrismaClient;
  /** Past the typed client, for the two statements that every request waits for (docs/adr/0014). */
  readonly sql: Sql;
  /** One round trip; also compiles the client's first query, which takes about 100 ms. */
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
    // The server's own timeout cancels the statement; this one is for a server that does not answer at all.
    query_timeout: timeoutMs + 500,
    // Connections that hang with their server are replaced after this rest, instead of being tried one by one.
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    application_name: 'ardor',
  });
  // A connection that nobody uses has ended: the next statement gets another. Unheard, it would end the process.
  pool.on('error', () => undefined);
  const names = createStatementNames();
  const adapter = new PrismaPg(pool, {
    disposeExternalPool: true,
    statementNameGenerator: ({ sql }) => names(sql),
  });
  const prisma = new PrismaClient({ adapter, errorFormat: 'minimal' });
  return {
    prisma,
    sql: createSql(pool, names),
    ping: async () => {
      await prisma.$queryRaw`SELECT 1`;
    },
    close: () => prisma.$disconnect(),
  };
}
