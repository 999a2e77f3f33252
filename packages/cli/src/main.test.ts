import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEMO } from '@ardor/domain/message/demo';
import { hasPasscode } from '@ardor/store/clients/manage-passcodes';
import { waitFor } from '@ardor/runtime/wait-for';
import { testKeyring } from '@ardor/testkit/fixtures';
import { freePort } from '@ardor/testkit/free-port';
import { describe, expect, it } from '@jest/globals';
import { ardorOfTest } from '../test/create-test-cli.js';

const { db, folder, ardor, done, refused, misconfigured, list } = ardorOfTest();

describe('ardor migrate', () => {
  it('seeds the samples of the API text, and again changes nothing', async () => {
    expect(await done('migrate', '--seed')).toBe('nothing to migrate\nseeded the demo client and template\n');
    const first = await list('client');
    expect(first).toMatchObject([{ id: DEMO.clientId, region: 'CN', disabled: false, templates: [DEMO.templateId] }]);
    expect(await hasPasscode(db().database, testKeyring(), DEMO.clientId, DEMO.passcode)).toBe(true);
    expect(await db().query('SELECT status FROM messages WHERE id = $1', [DEMO.messageId])).toEqual([
      { status: 'delivered' },
    ]);
    await done('migrate', '--seed');
    expect(await list('client')).toEqual(first);
  });

  it.each(['production', ''])('seeds nothing in production, which is the default (NODE_ENV=%s)', async (NODE_ENV) => {
    const { code, out } = await ardor(['migrate', '--seed'], { NODE_ENV });
    expect(code).toBe(0);
    expect(out).toContain('not seeded: the demo passcode is published and has no place in production');
    expect(await list('client')).toEqual([]);
    expect(await list('template')).toEqual([]);
  });

  it('applies a folder() of the caller’s, and tells in one line what failed', async () => {
    const migrations = join(folder(), 'migrations');
    await mkdir(join(migrations, '1_extra'), { recursive: true });
    await writeFile(join(migrations, '1_extra', 'migration.sql'), 'CREATE TABLE extra (id int)');
    expect(await done('migrate', '--folder', migrations)).toBe('applied 1_extra\n');
    await writeFile(join(migrations, '1_extra', 'migration.sql'), 'CREATE TABLE extra (id bigint)');
    expect(await refused(['migrate', '--folder', migrations])).toBe(
      'ardor: migration 1_extra was edited after it was applied',
    );
    await mkdir(join(migrations, '2_broken'));
    await writeFile(join(migrations, '1_extra', 'migration.sql'), 'CREATE TABLE extra (id int)');
    await writeFile(join(migrations, '2_broken', 'migration.sql'), 'CREATE TABLE extra (id int)');
    expect(await refused(['migrate', '--folder', migrations])).toBe(
      'ardor: migration 2_broken failed: relation "extra" already exists',
    );
    expect(await refused(['migrate', '--folder', join(folder(), 'nowhere')])).toMatch(/^ardor: ENOENT/);
  });

  it('ends with one line when its session is ended', async () => {
    await db().query('SELECT pg_advisory_lock(72707369)');
    const running = refused(['migrate']);
    await waitFor(async () => {
      const rows = await db().query<{ ended: boolean }>(
        `SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
         WHERE application_name = 'ardor-migrate' AND wait_event = 'advisory' AND datname = current_database()`,
      );
      return rows[0]?.ended;
    });
    expect(await running).toMatch(/^ardor: /);
    await db().query('SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = $1 AND pid <> pg_backend_pid()', [
      'advisory',
    ]);
  });
});

describe('wrong arguments', () => {
  it.each([
    [['client', 'create'], `error: missing required argument 'client_id'`],
    [['client', 'create', 'a b'], '1..64 letters, digits, dots, underscores or hyphens.'],
    [['client', 'create', 'shop', '--region', 'Mars'], 'A two-letter country code in capitals, such as CN.'],
    [['client', 'create', 'shop', 'too', 'many'], 'error: too many arguments'],
    [['client', 'rename', 'shop'], `error: unknown command 'rename'`],
    [['template', 'put', 't1', 'x', '--validity', '0'], 'Whole seconds, 1..604800.'],
    [['template', 'put', 't1', 'x', '--lane', 'express'], 'Allowed choices are otp, notify, bulk.'],
    [['template', 'put', 't1', 'x', '--colour', 'red'], `error: unknown option '--colour'`],
    [['send', '13800138000', 't1', 'code'], 'A parameter is written key=value.'],
    [['send', '13800138000', 't1', '=4711'], 'A parameter is written key=value.'],
    [['send', '13800138000', 't1', 'p1=1', 'p1=2'], 'There is a p1 already.'],
    [['frobnicate'], `error: unknown command 'frobnicate'`],
  ])('%j end with one clear line before the help', async (args, line) => {
    const { code, out, err } = await ardor(args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err.split('\n')[0]).toMatch(/^error: /);
    expect(err.split('\n')[0]).toContain(line);
    expect(err).not.toMatch(/^\s+at /m);
  });
});

describe('a database that cannot be used', () => {
  it.each([[['client', 'list']], [['migrate']], [['template', 'put', 't1', 'hello']]])(
    'ends %j with one line',
    async (args) => {
      const nowhere = `postgresql://ardor:hidden@127.0.0.1:${await freePort()}/ardor`;
      const line = await refused(args, { DATABASE_URL: nowhere });
      expect(line).toMatch(/^ardor: .*(reach|ECONNREFUSED)/);
      expect(line).not.toContain('hidden');
    },
  );

  it.each([[['client', 'list']], [['migrate']]])('ends %j with one line where it does not exist', async (args) => {
    const missing = new URL(db().url);
    missing.pathname = '/no_such_database';
    expect(await refused(args, { DATABASE_URL: missing.href })).toMatch(/^ardor: .*no_such_database.* does not exist/);
  });

  it.each([[['client', 'list']], [['migrate']]])(
    'ends %j with one line where it refuses the password',
    async (args) => {
      const wrong = new URL(db().url);
      wrong.password = 'hidden';
      const line = await refused(args, { DATABASE_URL: wrong.href });
      expect(line).toMatch(/^ardor: the database cannot be used: .*authentication failed/i);
      expect(line).not.toContain('hidden');
    },
  );

  it('ends with one line where it was never migrated', async () => {
    const server = new URL(db().url);
    server.pathname = '/postgres';
    expect(await refused(['client', 'list'], { DATABASE_URL: server.href })).toMatch(
      /^ardor: the database is not migrated: /,
    );
  });

  it('ends with what is wrong where its address is none', async () => {
    const problems = await misconfigured(['client', 'list'], { DATABASE_URL: 'mysql://ardor:hidden@127.0.0.1' });
    expect(problems).toEqual(['DATABASE_URL is missing or malformed']);
  });
});
