import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@ardor/runtime/wait-for';
import { createTestDatabase, type TestDatabase } from '@ardor/testkit/fixtures';
import { MIGRATIONS } from '@ardor/testkit/paths';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openDatabase, type Database } from '../sql/database.js';
import { assertServerVersion, migrate } from './migrate.js';

let server: TestDatabase<Database>;
let scratch: string;
const made: { name: string; client: pg.Client }[] = [];

beforeAll(async () => {
  server = await createTestDatabase(openDatabase);
  scratch = await mkdtemp(join(tmpdir(), 'ardor-migrations-'));
});
afterAll(async () => {
  for (const { name, client } of made) {
    await client.end();
    await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
  }
  await server.drop();
  await rm(scratch, { recursive: true });
});

/** A database with nothing in it. */
async function emptyDatabase(): Promise<{ url: string; client: pg.Client }> {
  const url = new URL(server.adminUrl);
  const name = `${url.pathname.slice(1)}_${made.length}`;
  await server.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  url.pathname = name;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  made.push({ name, client });
  return { url: url.href, client };
}

/** A folder of migrations from `name: sql`. */
async function folderOf(migrations: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(scratch, 'm-'));
  for (const [name, sql] of Object.entries(migrations)) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'migration.sql'), sql);
  }
  await writeFile(join(folder, 'migration_lock.toml'), 'provider = "postgresql"\n');
  return folder;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const tableExists = async (client: pg.Client, table: string): Promise<boolean> =>
  (await client.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [table])).rows[0]?.found ??
  false;

const records = async (client: pg.Client): Promise<Record<string, unknown>[]> =>
  (await client.query<Record<string, unknown>>('SELECT * FROM _prisma_migrations ORDER BY migration_name')).rows;

describe('migrate', () => {
  it('migrates an empty database, and does nothing the second time', async () => {
    const { url, client } = await emptyDatabase();
    const first = await migrate({ databaseUrl: url, folder: MIGRATIONS });
    expect(first).toContain('20261123000000_init');
    expect(await tableExists(client, 'messages')).toBe(true);
    expect(await migrate({ databaseUrl: url, folder: MIGRATIONS })).toEqual([]);
  });

  it('applies what is missing, in the order of the names', async () => {
    const { url, client } = await emptyDatabase();
    await migrate({ databaseUrl: url, folder: await folderOf({ '1_a': 'CREATE TABLE a (id int)' }) });
    const folder = await folderOf({
      '3_c': 'ALTER TABLE a ADD COLUMN c int; ALTER TABLE a RENAME COLUMN b TO d',
      '1_a': 'CREATE TABLE a (id int)',
      '2_b': 'ALTER TABLE a ADD COLUMN b int',
    });
    expect(await migrate({ databaseUrl: url, folder })).toEqual(['2_b', '3_c']);
    expect((await client.query('SELECT * FROM a')).fields.map(({ name }) => name)).toEqual(['id', 'd', 'c']);
  });

  it('applies each migration once when two copies start at once', async () => {
    const { url } = await emptyDatabase();
    const both = await Promise.all([1, 2].map(() => migrate({ databaseUrl: url, folder: MIGRATIONS })));
    const all = (await readdir(MIGRATIONS, { withFileTypes: true })).filter((entry) => entry.isDirectory()).length;
    expect(both.map(({ length }) => length).sort()).toEqual([0, all]);
  });

  it('leaves records that prisma migrate deploy accepts', async () => {
    const { url, client } = await emptyDatabase();
    await migrate({ databaseUrl: url, folder: MIGRATIONS });
    const [first] = await records(client);
    expect(first).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      checksum: sha256(await readFile(join(MIGRATIONS, '20261123000000_init', 'migration.sql'), 'utf8')),
      migration_name: '20261123000000_init',
      started_at: expect.any(Date),
      finished_at: expect.any(Date),
      applied_steps_count: 1,
      logs: null,
      rolled_back_at: null,
    });
    const { rows } = await client.query<{ type: string }>(
      `SELECT concat_ws(' ', column_name, udt_name, character_maximum_length, is_nullable) AS type
       FROM information_schema.columns WHERE table_name = '_prisma_migrations' ORDER BY ordinal_position`,
    );
    expect(rows.map(({ type }) => type)).toEqual([
      'id varchar 36 NO',
      'checksum varchar 64 NO',
      'finished_at timestamptz YES',
      'migration_name varchar 255 NO',
      'logs text YES',
      'rolled_back_at timestamptz YES',
      'started_at timestamptz NO',
      'applied_steps_count int4 NO',
    ]);
  });

  it('refuses a migration that was edited after it was applied, and applies nothing after it', async () => {
    const { url, client } = await emptyDatabase();
    await migrate({ databaseUrl: url, folder: await folderOf({ '1_a': 'CREATE TABLE a (id int)' }) });
    const folder = await folderOf({ '1_a': 'CREATE TABLE a (id bigint)', '2_b': 'CREATE TABLE b (id int)' });
    await expect(migrate({ databaseUrl: url, folder })).rejects.toThrow(
      'migration 1_a was edited after it was applied',
    );
    expect(await tableExists(client, 'b')).toBe(false);
  });

  it('leaves nothing of a migration that fails, names it, and can be run again once it is mended', async () => {
    const { url, client } = await emptyDatabase();
    const broken = await folderOf({ '1_a': 'CREATE TABLE a (id int)', '2_b': 'CREATE TABLE b (id int); SELECT 1/0' });
    await expect(migrate({ databaseUrl: url, folder: broken })).rejects.toThrow('migration 2_b failed');
    expect(await tableExists(client, 'b')).toBe(false);
    expect((await records(client)).map(({ migration_name }) => migration_name)).toEqual(['1_a']);
    const mended = await folderOf({ '1_a': 'CREATE TABLE a (id int)', '2_b': 'CREATE TABLE b (id int)' });
    expect(await migrate({ databaseUrl: url, folder: mended })).toEqual(['2_b']);
  });

  it('stops at a failure that prisma recorded, and goes on once it is marked as rolled back', async () => {
    const { url, client } = await emptyDatabase();
    const first = await folderOf({ '1_a': 'CREATE TABLE a (id int)' });
    await migrate({ databaseUrl: url, folder: first });
    await client.query('DROP TABLE a; UPDATE _prisma_migrations SET finished_at = NULL');
    await expect(migrate({ databaseUrl: url, folder: first })).rejects.toThrow('migration 1_a has failed before');
    await client.query('UPDATE _prisma_migrations SET rolled_back_at = now()');
    expect(await migrate({ databaseUrl: url, folder: first })).toEqual(['1_a']);
  });

  it('names the migration whose connection was cut', async () => {
    const { url, client } = await emptyDatabase();
    const folder = await folderOf({ '1_a': 'CREATE TABLE a (id int); SELECT pg_terminate_backend(pg_backend_pid())' });
    await expect(migrate({ databaseUrl: url, folder })).rejects.toThrow('migration 1_a failed');
    expect(await tableExists(client, 'a')).toBe(false);
  });

  it('rejects, and ends no process, when its session ends while it waits for the lock', async () => {
    const { url, client } = await emptyDatabase();
    await client.query('SELECT pg_advisory_lock(72707369)');
    const waiting = expect(migrate({ databaseUrl: url, folder: MIGRATIONS })).rejects.toThrow(/terminat/);
    await waitFor(async () => {
      const { rows } = await client.query<{ ended: boolean }>(
        `SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
         WHERE application_name = 'ardor-migrate' AND wait_event = 'advisory' AND datname = current_database()`,
      );
      return rows[0]?.ended;
    });
    await waiting;
  });

  describe('while another session holds a lock that a migration needs', () => {
    const WAITS = { lockTimeoutMs: 100, pauseMs: 100, giveUpAfterMs: 60_000 };

    /** A database with a table that a backup is reading, and the migration that changes it. */
    async function heldTable(): Promise<{ url: string; folder: string; client: pg.Client; backup: pg.Client }> {
      const { url, client } = await emptyDatabase();
      await client.query('CREATE TABLE a (id int)');
      const backup = new pg.Client({ connectionString: url });
      await backup.connect();
      await backup.query('BEGIN');
      await backup.query('SELECT * FROM a');
      return { url, client, backup, folder: await folderOf({ '1_a': 'ALTER TABLE a ADD COLUMN b int' }) };
    }

    it('lets others read and write the table between its tries, and applies it once the lock is free', async () => {
      const { url, folder, client, backup } = await heldTable();
      await client.query(`SET statement_timeout = '5s'`);
      const migrating = migrate({ databaseUrl: url, folder, lockWaits: WAITS });
      let tries = 0;
      await waitFor(async () => {
        await client.query('INSERT INTO a (id) VALUES (1)');
        const { rows } = await client.query(
          `SELECT FROM pg_stat_activity WHERE query = 'ROLLBACK' AND datname = current_database()`,
        );
        return (tries += rows.length) > 3;
      });
      expect((await client.query('SELECT * FROM a')).fields).toHaveLength(1);
      await backup.end();
      expect(await migrating).toEqual(['1_a']);
    });

    it('gives up in the end, says why, and leaves nothing', async () => {
      const { url, folder, client, backup } = await heldTable();
      await expect(migrate({ databaseUrl: url, folder, lockWaits: { ...WAITS, giveUpAfterMs: 0 } })).rejects.toThrow(
        'migration 1_a failed: canceling statement due to lock timeout; another session, a backup perhaps, uses a table',
      );
      expect(await records(client)).toEqual([]);
      await backup.end();
      expect(await migrate({ databaseUrl: url, folder, lockWaits: WAITS })).toEqual(['1_a']);
    });
  });

  it('refuses a server older than the oldest that is tested', () => {
    expect(() => assertServerVersion(149_999)).toThrow('PostgreSQL 14 is too old: Ardor needs 15 or later');
    expect(() => assertServerVersion(150_000)).not.toThrow();
  });
});
