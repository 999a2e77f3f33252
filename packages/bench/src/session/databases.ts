import { seed } from '@ardor/prisma/seed';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { openDatabase } from '@ardor/store/sql/database';
import { migrate } from '@ardor/store/migrate/migrate';
import { inDatabase, testKeyring } from '@ardor/testkit/fixtures';
import { MIGRATIONS } from '@ardor/testkit/paths';
import pg from 'pg';
import { NAIVE_TABLE } from './naive-table.js';

const TEMPLATES = { ardor: 'bench_ardor', naive: 'bench_naive' } as const;

export interface BenchDatabase {
  readonly url: string;
  query<Row extends object>(sql: string): Promise<Row[]>;
}

export interface Databases {
  /** Creates an empty one; `closers` drop it. */
  create(kind: keyof typeof TEMPLATES, closers: CleanupStack): Promise<BenchDatabase>;
  serverVersion(): Promise<string>;
}

/** Creates the databases that trials copy: Ardor's, migrated and seeded, and that of the naive version. */
export async function prepareDatabases(server: string): Promise<Databases> {
  for (const name of Object.values(TEMPLATES)) await run(server, `CREATE DATABASE ${name}`);
  const ardor = inDatabase(server, TEMPLATES.ardor);
  await migrate({ databaseUrl: ardor, folder: MIGRATIONS });
  const database = openDatabase({ url: ardor, pool: 1, timeoutMs: 10_000 });
  await seed(database, testKeyring());
  await database.close();
  await run(inDatabase(server, TEMPLATES.naive), NAIVE_TABLE);
  let created = 0;
  return {
    create: async (kind, closers) => {
      const name = `trial_${++created}`;
      await run(server, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATES[kind]}`);
      closers.defer('database', () => run(server, `DROP DATABASE ${name} WITH (FORCE)`));
      const url = inDatabase(server, name);
      const pool = new pg.Pool({ connectionString: url, max: 1, idleTimeoutMillis: 0 });
      // An idle connection that is lost is replaced at the next query. Without a listener the event would end the bench.
      pool.on('error', () => undefined);
      closers.defer('pool', () => pool.end());
      return { url, query: async <Row extends object>(sql: string) => (await pool.query<Row>(sql)).rows };
    },
    serverVersion: async () =>
      (await run<{ server_version: string }>(server, 'SHOW server_version'))[0]?.server_version ?? 'unknown',
  };
}

async function run<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
