import { createTestDatabase, inDatabase, type TestDatabase } from '@ardor/testkit/fixtures';
import { MIGRATIONS } from '@ardor/testkit/paths';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestMessage, insertTestMessages } from '../../test/create-test-message.js';
import { openDatabase, type Database } from '../sql/database.js';
import { migrate } from './migrate.js';
import { provisionRoles } from './provision-roles.js';
import type { RoleUrls } from './role-accounts.js';

let db: TestDatabase<Database>;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
});
afterAll(() => db.drop());

/** Runs a statement on a connection of its own. */
async function run(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const DENIED = { code: '42501' };

describe('the role of the services', () => {
  it.each([
    ['run a program', `COPY (SELECT 1) TO PROGRAM 'true'`],
    ['write a file', `COPY (SELECT 1) TO '/tmp/ardor'`],
    ['read a file', `SELECT pg_read_file('postmaster.pid')`],
    ['create a table', 'CREATE TABLE mine (id int)'],
    ['create a temporary table', 'CREATE TEMPORARY TABLE mine (id int)'],
    ['create a schema', 'CREATE SCHEMA mine'],
    ['create a function', `CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'`],
    ['change a table', 'ALTER TABLE messages ADD COLUMN mine int'],
    ['empty a table', 'TRUNCATE messages'],
    ['drop a table', 'DROP TABLE parked_receipts'],
    ['disable a trigger', 'ALTER TABLE clients DISABLE TRIGGER USER'],
    ['read the list of the migrations', 'SELECT * FROM _prisma_migrations'],
    ['become the owner', 'SET ROLE ardor_owner'],
    ['create a role', 'CREATE ROLE mine'],
    ['create any partition', `SELECT ardor_create_partition('2020-01-01'::date)`],
  ])('may not %s', async (_, sql) => {
    await expect(run(db.url, sql)).rejects.toMatchObject(DENIED);
  });

  it('may do what the services do', async () => {
    await insertTestMessages(db, [createTestMessage()]);
    expect(await run(db.url, 'SELECT count(*)::int AS n FROM messages')).toEqual([{ n: 1 }]);
    await run(db.url, `SELECT ardor_begin_limiter_epoch('next')::text`);
    await run(db.url, `SELECT ardor_ensure_partition((now() AT TIME ZONE 'UTC')::date + 40)`);
    await run(db.url, 'DELETE FROM workers');
  });
});

describe('the owner', () => {
  it.each([
    ['run a program', `COPY (SELECT 1) TO PROGRAM 'true'`],
    ['create a database', 'CREATE DATABASE mine'],
    ['create a role', 'CREATE ROLE mine'],
  ])('may not %s', async (_, sql) => {
    await expect(run(db.ownerUrl, sql)).rejects.toMatchObject(DENIED);
  });

  it('owns every table, function and type, and shares what it creates later with the services', async () => {
    const rows = await run(
      db.url,
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S')
         AND relowner <> 'ardor_owner'::regrole
       UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proowner <> 'ardor_owner'::regrole
       UNION SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typowner <> 'ardor_owner'::regrole`,
    );
    expect(rows).toEqual([]);
    await run(
      db.ownerUrl,
      `CREATE TABLE later (n serial); CREATE FUNCTION later() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    );
    await run(db.url, 'INSERT INTO later DEFAULT VALUES; SELECT later(); DELETE FROM later');
    await expect(run(db.url, 'TRUNCATE later')).rejects.toMatchObject(DENIED);
    await run(db.ownerUrl, 'DROP TABLE later; DROP FUNCTION later()');
  });
});

it('nobody else may connect to the database', async () => {
  await db.query(`CREATE ROLE ardor_stranger LOGIN PASSWORD 'stranger'`);
  const url = new URL(db.url);
  [url.username, url.password] = ['ardor_stranger', 'stranger'];
  await expect(run(url.href, 'SELECT 1')).rejects.toMatchObject(DENIED);
  await db.query('DROP ROLE ardor_stranger');
});

describe('provisionRoles', () => {
  /** Of the database, and the beginning of the names of its roles. */
  let name: string;
  let urls: RoleUrls;
  const names: string[] = [];
  const user = (username: string, password = 'secret'): string => {
    const url = new URL(urls.adminUrl);
    [url.username, url.password] = [username, encodeURIComponent(password)];
    return url.href;
  };
  beforeEach(async () => {
    name = `${new URL(db.url).pathname.slice(1)}_${names.length}`;
    names.push(name);
    await db.query(`CREATE DATABASE ${name} TEMPLATE template0`);
    urls = { adminUrl: inDatabase(db.adminUrl, name), ownerUrl: '', appUrl: '' };
    urls = { ...urls, ownerUrl: user(`${name}_owner`), appUrl: user(`${name}_app`, 'another/@:%') };
  });
  afterAll(async () => {
    for (const one of names) {
      await db.query(`DROP DATABASE ${one} WITH (FORCE)`);
      for (const role of ['owner', 'app', 'admin']) await db.query(`DROP ROLE IF EXISTS ${one}_${role}`);
    }
  });
  const owners = (): Promise<Record<string, unknown>[]> =>
    run(
      urls.adminUrl,
      `SELECT DISTINCT relowner::regrole::text AS owner FROM pg_class
       WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S')`,
    );

  it('gives the owner what an earlier version created as the superuser, with its rows', async () => {
    await migrate({ databaseUrl: urls.adminUrl, folder: MIGRATIONS });
    await run(urls.adminUrl, `INSERT INTO clients (id, name, region) VALUES ('shop', 'shop', 'CN')`);
    await provisionRoles(urls);
    expect(await owners()).toEqual([{ owner: `${name}_owner` }]);
    expect(await migrate({ databaseUrl: urls.ownerUrl, folder: MIGRATIONS })).toEqual([]);
    expect(await run(urls.appUrl, 'SELECT id FROM clients')).toEqual([{ id: 'shop' }]);
    await run(urls.appUrl, `UPDATE clients SET name = 'The shop'`);
    await run(urls.appUrl, `SELECT ardor_ensure_partition((now() AT TIME ZONE 'UTC')::date + 40)`);
    await expect(run(urls.appUrl, 'SELECT * FROM _prisma_migrations')).rejects.toMatchObject(DENIED);
  });

  it('may be repeated, mends what the superuser migrated meanwhile, and changes passwords', async () => {
    await provisionRoles(urls);
    await migrate({ databaseUrl: urls.adminUrl, folder: MIGRATIONS });
    const appUrl = user(`${name}_app`, 'a new one');
    await provisionRoles({ ...urls, appUrl });
    expect(await owners()).toEqual([{ owner: `${name}_owner` }]);
    expect(await run(appUrl, 'SELECT id FROM clients')).toEqual([]);
    await expect(run(urls.appUrl, 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  it('needs no superuser, only the owner of the database with the right to create roles', async () => {
    await db.query(`CREATE ROLE ${name}_admin LOGIN CREATEROLE PASSWORD 'secret'`);
    await db.query(`ALTER DATABASE ${name} OWNER TO ${name}_admin`);
    const adminUrl = user(`${name}_admin`);
    await migrate({ databaseUrl: adminUrl, folder: MIGRATIONS });
    for (let times = 0; times < 2; times++) await provisionRoles({ ...urls, adminUrl });
    expect(await owners()).toEqual([{ owner: `${name}_owner` }]);
    expect(await migrate({ databaseUrl: urls.ownerUrl, folder: MIGRATIONS })).toEqual([]);
    await run(urls.appUrl, 'DELETE FROM clients');
    await expect(run(urls.appUrl, 'TRUNCATE clients')).rejects.toMatchObject(DENIED);
  });

  it('refuses a role that may do more, and changes nothing', async () => {
    await db.query(`CREATE ROLE ${name}_app LOGIN SUPERUSER PASSWORD 'secret'`);
    await expect(provisionRoles(urls)).rejects.toThrow(
      `the role ${name}_app exists and may do more than it should: SUPERUSER`,
    );
    await db.query(`ALTER ROLE ${name}_app NOSUPERUSER; GRANT pg_execute_server_program TO ${name}_app`);
    await expect(provisionRoles(urls)).rejects.toThrow('member of pg_execute_server_program');
    expect(await db.query(`SELECT FROM pg_roles WHERE rolname = '${name}_owner'`)).toEqual([]);
  });

  it.each([
    ['one user for both', () => ({ appUrl: urls.ownerUrl }), 'must name two users'],
    ['the admin as owner', () => ({ ownerUrl: urls.adminUrl }), 'must name another user'],
    ['no password', () => ({ appUrl: user('someone', '') }), 'DATABASE_URL must have a user, and a password'],
    ['a password that is not ASCII', () => ({ appUrl: user('someone', 'pässword') }), 'printable ASCII'],
    [
      'a password that is not encoded',
      () => ({ appUrl: user('someone').replace('secret', '100%') }),
      'percent-encoded',
    ],
    ['another database', () => ({ appUrl: inDatabase(urls.appUrl, 'postgres') }), 'must name one database'],
  ])('refuses %s', async (_, wrong, problem) => {
    await expect(provisionRoles({ ...urls, ...wrong() })).rejects.toThrow(problem);
  });
});
