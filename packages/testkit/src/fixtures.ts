import { randomBytes } from 'node:crypto';
import { createKeyring, type Keyring } from '@ardor/domain/keyring';
import { openDatabase, type Database } from '@ardor/store/database';
import { Redis } from 'ioredis';
import pg from 'pg';
import { inDatabase, TEMPLATE_DATABASE } from './postgres-url.js';

export const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');
export const testKeyring = (): Keyring => createKeyring(MASTER_KEY);

export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  /** Raw SQL, for what the store has no operation for. */
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** A migrated database of this test file's own. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = needed('ARDOR_TEST_DATABASE_URL');
  const name = `t_${randomBytes(6).toString('hex')}`;
  await asAdmin(server, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE_DATABASE}`);
  const url = inDatabase(server, name);
  const database = openDatabase({ url, pool: 4, timeoutMs: 5_000 });
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  // DROP … WITH (FORCE) may meet a connection that is still on its way out; unheard, that would fail the test file.
  pool.on('error', () => undefined);
  return {
    url,
    database,
    query: async <Row extends object>(sql: string, values: unknown[] = []) => (await pool.query<Row>(sql, values)).rows,
    drop: async () => {
      await pool.end();
      await database.close();
      await asAdmin(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

export const redisUrl = (): string => needed('ARDOR_TEST_REDIS_URL');

/** A key prefix of this test file's own; `clear` removes what is under it and its shards. */
export function createTestRedis(): { url: string; prefix: string; redis: Redis; clear(): Promise<void> } {
  const redis = new Redis(redisUrl());
  const prefix = `{t${randomBytes(6).toString('hex')}}`;
  return {
    url: redisUrl(),
    prefix,
    redis,
    clear: async () => {
      const keys = await redis.keys(`${prefix.slice(0, -1)}*`);
      if (keys.length > 0) await redis.del(...keys);
      await redis.quit();
    },
  };
}

async function asAdmin(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function needed(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests with \`pnpm test\`, whose set-up starts the servers`);
  return value;
}

/** A worker for claims that no process holds. */
export const WORKER_ID = '00000000-0000-4000-8000-00000000000a';
