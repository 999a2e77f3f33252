import { seed } from '@ardor/prisma/seed';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { openDatabase } from '@ardor/store/sql/database';
import { migrate } from '@ardor/store/migrate/migrate';
import { testKeyring } from '@ardor/testkit/fixtures';
import { MIGRATIONS } from '@ardor/testkit/paths';
import { inDatabase } from '@ardor/testkit/fixtures';
import pg from 'pg';
import { NAIVE_TABLE } from './naive-table.js';

const TEMPLATES = { ours: 'bench_ours', naive: 'bench_naive' } as const;

export interface BenchDatabase {
  readonly url: string;
  query<Row extends object>(sql: string): Promise<Row[]>;
}

export interface Databases {
  /** An empty one, dropped when `closers` close. */
  create(kind: keyof typeof TEMPLATES, closers: CleanupStack): Promise<BenchDatabase>;
}

/** Makes the databases that the trials copy. */
export async function prepareDatabases(serverUrl: string): Promise<Databases> {
  for (const name of Object.values(TEMPLATES)) await run(serverUrl, `CREATE DATABASE ${name}`);
  const ours = inDatabase(serverUrl, TEMPLATES.ours);
  await migrate({ databaseUrl: ours, folder: MIGRATIONS });
  const database = openDatabase({ url: ours, pool: 1, timeoutMs: 10_000 });
  await seed(database, testKeyring());
  await database.close();
  await run(inDatabase(serverUrl, TEMPLATES.naive), NAIVE_TABLE);
  let made = 0;
  return {
    create: async (kind, closers) => {
      const name = `trial_${++made}`;
      await run(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATES[kind]}`);
      closers.defer('database', () => run(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`));
      const url = inDatabase(serverUrl, name);
      const pool = new pg.Pool({ connectionString: url, max: 1, idleTimeoutMillis: 0 });
      pool.on('error', () => undefined);
      closers.defer('pool', () => pool.end());
      return { url, query: async <Row extends object>(sql: string) => (await pool.query<Row>(sql)).rows };
    },
  };
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
