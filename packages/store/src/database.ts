import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.js';
import { createStatementNames } from './statement-names.js';

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
  /** One round trip; also compiles the client's first query, which takes about 100 ms. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const IDLE_MS = 2_000;

export function openDatabase({ url, pool, timeoutMs }: DatabaseOptions): Database {
  const adapter = new PrismaPg(
    {
      connectionString: url,
      max: pool,
      connectionTimeoutMillis: timeoutMs,
      statement_timeout: timeoutMs,
      // The server's own timeout cancels the statement; this one is for a server that does not answer at all.
      query_timeout: timeoutMs + 500,
      // Connections that hang with their server are replaced after this rest, instead of being tried one by one.
      idleTimeoutMillis: IDLE_MS,
      keepAlive: true,
      application_name: 'ardor',
    },
    { statementNameGenerator: createStatementNames() },
  );
  const prisma = new PrismaClient({ adapter, errorFormat: 'minimal' });
  return {
    prisma,
    ping: async () => {
      await prisma.$queryRaw`SELECT 1`;
    },
    close: () => prisma.$disconnect(),
  };
}
