import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { toStoreError } from '../sql/store-error.js';

/** Has the format of `prisma migrate deploy`, so that both can be used on one database (docs/adr/0003). */
const RECORDS = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL,
    logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0)`;

/** Prisma's own engine takes the same advisory lock. */
const MIGRATION_LOCK = 72_707_369;

/** A migration cannot be applied. The message names it and may be shown to the operator. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export interface MigrateOptions {
  readonly databaseUrl: string;
  /** The folder of `<name>/migration.sql` files. */
  readonly folder: string;
}

/**
 * Applies the missing migrations and returns their names. Each runs in one transaction with its record. A lock lets
 * several copies start at once. Throws MigrationError when a migration fails or was edited after it was applied, and
 * StoreError when the database cannot be used.
 */
export async function migrate({ databaseUrl, folder }: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'ardor-migrate' });
  // When the session ends, the query in flight rejects. Without a listener, this event would also end the process.
  client.on('error', () => undefined);
  try {
    return await applyMissing(client, migrations, await lockRecords(client));
  } finally {
    await client.end();
  }
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
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

async function applyMissing(
  client: pg.Client,
  migrations: readonly Migration[],
  done: readonly MigrationRecord[],
): Promise<string[]> {
  const records = new Map(done.map((record) => [record.migration_name, record]));
  const applied: string[] = [];
  for (const { name, sql, checksum } of migrations) {
    const record = records.get(name);
    if (record?.checksum === checksum && record.finished_at) continue;
    if (record)
      throw new MigrationError(
        `migration ${name} ${record.finished_at ? 'was edited after it was applied' : 'has failed before'}`,
      );
    await apply(client, name, sql, checksum);
    applied.push(name);
  }
  return applied;
}

async function apply(client: pg.Client, name: string, sql: string, checksum: string): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    // If the session is gone, the server has rolled back by itself.
    await client.query('ROLLBACK').catch(() => undefined);
    throw new MigrationError(`migration ${name} failed: ${error instanceof Error ? error.message : 'unknown'}`, {
      cause: error,
    });
  }
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
