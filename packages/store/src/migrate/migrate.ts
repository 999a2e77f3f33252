import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { toStoreError } from '../sql/store-error.js';
import { applyMigration, LOCK_WAITS, type LockWaits, type Migration } from './apply-migration.js';
import { MigrationError } from './migration-error.js';

/** Has the format of `prisma migrate deploy`, so that both can be used on one database (docs/adr/0003). */
export const RECORDS = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL,
    logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0)`;

/** Prisma's own engine takes the same advisory lock. */
export const MIGRATION_LOCK = 72_707_369;

/** The oldest PostgreSQL that Ardor is tested with: 15. */
const OLDEST_SERVER = 150_000;

export interface MigrateOptions {
  readonly databaseUrl: string;
  /** The folder of `<name>/migration.sql` files. */
  readonly folder: string;
  readonly lockWaits?: LockWaits;
}

/**
 * Applies the missing migrations and returns their names. Each runs in one transaction with its record. A lock lets
 * several copies start at once. Throws MigrationError when a migration fails or was edited after it was applied, or when
 * the server is too old, and StoreError when the database cannot be used.
 */
export async function migrate({ databaseUrl, folder, lockWaits = LOCK_WAITS }: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'ardor-migrate' });
  // When the session ends, the query in flight rejects. Without a listener, this event would also end the process.
  client.on('error', () => undefined);
  try {
    const records = await lockRecords(client);
    await checkServerVersion(client);
    return await applyMissing(client, migrations, records, lockWaits);
  } finally {
    await client.end();
  }
}

interface MigrationRecord {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

/** Connects, takes the lock until the session ends, and reads what was applied. Throws StoreError. */
async function lockRecords(client: pg.Client): Promise<readonly MigrationRecord[]> {
  try {
    await client.connect();
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query(RECORDS);
    const { rows } = await client.query<MigrationRecord>(
      'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    );
    return rows;
  } catch (error) {
    throw toStoreError(error, `${client.host}:${client.port}`);
  }
}

/** Exported for its test. */
export function assertServerVersion(version: number): void {
  if (version < OLDEST_SERVER)
    throw new MigrationError(`PostgreSQL ${Math.floor(version / 10_000)} is too old: Ardor needs 15 or later`);
}

async function checkServerVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number }>(
    `SELECT current_setting('server_version_num')::int AS version`,
  );
  assertServerVersion(rows[0]?.version ?? 0);
}

async function applyMissing(
  client: pg.Client,
  migrations: readonly Migration[],
  done: readonly MigrationRecord[],
  lockWaits: LockWaits,
): Promise<string[]> {
  const records = new Map(done.map((record) => [record.migration_name, record]));
  const applied: string[] = [];
  for (const migration of migrations) {
    const { name, checksum } = migration;
    const record = records.get(name);
    if (record?.checksum === checksum && record.finished_at) continue;
    if (record)
      throw new MigrationError(
        `migration ${name} ${record.finished_at ? 'was edited after it was applied' : 'has failed before'}`,
      );
    await applyMigration(client, migration, lockWaits);
    applied.push(name);
  }
  return applied;
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}
