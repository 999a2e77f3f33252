import { createHash, randomBytes } from 'node:crypto';
import { createKeyring, type Keyring } from '@ardor/crypto/keyring';
import { roleUrls, type RoleUrls } from '@ardor/devstack/postgres/role-urls';
import { Redis } from 'ioredis';
import pg from 'pg';

/** 32 bytes that look random and are the same in every run. */
export const MASTER_KEY = createHash('sha256').update('the master key of the tests').digest('base64');
export const DASHBOARD_PASSWORD = 'a-password-for-tests';
export const testKeyring = (): Keyring => createKeyring(MASTER_KEY);

/** The users of a database of the test server, from its superuser's URL. */
export const testRoleUrls = (adminUrl: string): RoleUrls => roleUrls(adminUrl, (role) => `${role}-of-tests`);
const ROLES = 'ardor_owner, ardor_app';

/** Each test file copies this database, which is migrated once a run. */
export const TEMPLATE_DATABASE = 'ardor_template';

/** The store opens a database; the store's own tests use this package, so it must not import the store. */
export type OpenDatabase<Database> = (options: { url: string; pool: number; timeoutMs: number }) => Database;

export interface TestDatabase<Database> {
  /** For the role that reads and writes rows, as the services have it. */
  readonly url: string;
  /** For the role that owns the tables. */
  readonly ownerUrl: string;
  /** For the superuser of the server. */
  readonly adminUrl: string;
  /** Opened with `url`. */
  readonly database: Database;
  /** Runs `work` as the owner of the tables. */
  asOwner(work: (database: Database) => Promise<void>): Promise<void>;
  /** Runs SQL that the store has no operation for, as the superuser. */
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** Creates a migrated database for one test file. */
export async function createTestDatabase<Database extends { close(): Promise<void> }>(
  open: OpenDatabase<Database>,
): Promise<TestDatabase<Database>> {
  const server = needed('ARDOR_TEST_DATABASE_URL');
  const name = `t_${randomBytes(6).toString('hex')}`;
  await asAdmin(server, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE_DATABASE}`);
  // The rights on a database are no part of a copy.
  await asAdmin(server, `REVOKE ALL ON DATABASE ${name} FROM PUBLIC; GRANT CONNECT ON DATABASE ${name} TO ${ROLES}`);
  const adminUrl = inDatabase(server, name);
  const { DATABASE_URL: url, MAINTENANCE_DATABASE_URL: ownerUrl } = testRoleUrls(adminUrl);
  const database = open({ url, pool: 4, timeoutMs: 5_000 });
  const pool = new pg.Pool({ connectionString: adminUrl, max: 2 });
  // DROP … WITH (FORCE) may cut a connection that is just closing. Without a listener its error would fail the test file.
  pool.on('error', () => undefined);
  return {
    url,
    ownerUrl,
    adminUrl,
    database,
    asOwner: async (work) => {
      const owned = open({ url: ownerUrl, pool: 1, timeoutMs: 5_000 });
      await work(owned).finally(() => owned.close());
    },
    query: async <Row extends object>(sql: string, values: unknown[] = []) => (await pool.query<Row>(sql, values)).rows,
    drop: async () => {
      await pool.end();
      await database.close();
      await asAdmin(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** An `onFailure` for tests in which nothing may fail. */
export const rethrow = (error: Error): never => {
  throw error;
};

export const redisUrl = (): string => needed('ARDOR_TEST_REDIS_URL');

/** Creates a key prefix for one test file; `clear` removes its keys and those of its shards. */
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

/** The worker id of claims that no process holds. */
export const WORKER_ID = '00000000-0000-4000-8000-00000000000a';

/**
 * Settings of an ingress that waits as long as a busy test machine needs, instead of answering 503. Tests of one of
 * these limits set their own.
 */
export const GENEROUS_TIMEOUTS = {
  ANSWER_DEADLINE_MS: '20000',
  ANSWER_MAX_MS: '20000',
  MAX_LOOP_DELAY_MS: '60000',
  LIMITER_TIMEOUT_MS: '5000',
  // No worker takes the jobs of an ingress that is tested alone.
  MAX_BACKLOG_SECONDS: '3600',
};

/** The URL of another database of the same server. */
export function inDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}
