import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO } from '@ardor/domain/demo';
import { sameMac } from '@ardor/domain/keyring';
import { eventually } from '@ardor/testkit/eventually';
import { createTestDatabase, MASTER_KEY, testKeyring, type TestDatabase } from '@ardor/testkit/fixtures';
import { CHECKOUT } from '@ardor/testkit/places';
import { freePort } from '@ardor/testkit/service-process';
import { createFindClient } from '@ardor/store/find-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

let db: TestDatabase;
/** A folder with no settings of a stack in it. */
let folder: string;
beforeAll(async () => {
  db = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'ardor-cli-'));
});
beforeEach(() => db.query('TRUNCATE clients, templates, passcodes, template_grants, messages'));
afterAll(async () => {
  await db.drop();
  await rm(folder, { recursive: true });
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command as a process, with this environment and nothing of the test's but PATH. */
function ardor(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const given = { PATH: process.env['PATH'] ?? '', DATABASE_URL: db.url, ARDOR_MASTER_KEY: MASTER_KEY, ...env };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(CHECKOUT, 'packages/cli/dist/main.js'), ...args],
      { cwd: folder, env: given },
      (error, out, err) => resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    );
  });
}

/** Runs a command that has to succeed, and gives what it says. */
async function done(...args: string[]): Promise<string> {
  const { code, out, err } = await ardor(args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

/** Runs a command that has to fail with one line. */
async function refused(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { code, out, err } = await ardor(args, env);
  expect({ code, out, lines: err.trimEnd().split('\n').length, err }).toEqual({ code: 1, out: '', lines: 1, err });
  return err.trimEnd();
}

const list = async <T>(what: 'client' | 'template'): Promise<T> => JSON.parse(await done(what, 'list')) as T;
const findClient = (id: string) => createFindClient(db.database)(id);

describe('ardor migrate', () => {
  it('seeds the samples of the API text, and again changes nothing', async () => {
    expect(await done('migrate', '--seed')).toBe('nothing to migrate\nseeded the demo client and template\n');
    const first = await list('client');
    expect(first).toMatchObject([{ id: DEMO.clientId, region: 'CN', disabled: false, templates: [DEMO.templateId] }]);
    expect(
      (await findClient(DEMO.clientId))?.passcodeMacs.some((mac) =>
        sameMac(mac, testKeyring().passcodeMac(DEMO.clientId, DEMO.passcode)),
      ),
    ).toBe(true);
    expect(await db.query('SELECT status FROM messages WHERE id = $1', [DEMO.messageId])).toEqual([
      { status: 'delivered' },
    ]);
    await done('migrate', '--seed');
    expect(await list('client')).toEqual(first);
  });

  it('seeds nothing in production', async () => {
    const { code, out } = await ardor(['migrate', '--seed'], { NODE_ENV: 'production' });
    expect(code).toBe(0);
    expect(out).toContain('not seeded: the demo passcode is published and has no place in production');
    expect(await list('client')).toEqual([]);
    expect(await list('template')).toEqual([]);
  });

  it('applies a folder of the caller’s, and tells in one line what failed', async () => {
    const migrations = join(folder, 'migrations');
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
    expect(await refused(['migrate', '--folder', join(folder, 'nowhere')])).toMatch(/^ardor: ENOENT/);
  });

  it('ends with one line when its session is ended', async () => {
    await db.query('SELECT pg_advisory_lock(72707369)');
    const running = refused(['migrate']);
    await eventually(async () => {
      const rows = await db.query<{ ended: boolean }>(
        `SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
         WHERE application_name = 'ardor-migrate' AND wait_event = 'advisory' AND datname = current_database()`,
      );
      return rows[0]?.ended;
    });
    expect(await running).toMatch(/^ardor: /);
    await db.query('SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = $1 AND pid <> pg_backend_pid()', [
      'advisory',
    ]);
  });
});

describe('ardor client', () => {
  it('creates, disables, enables and lists', async () => {
    expect(await done('client', 'create', 'shop', '--name', 'A shop', '--region', 'US')).toContain(
      'created client shop (US)',
    );
    await done('client', 'create', 'bank');
    expect(await list('client')).toMatchObject([
      { id: 'bank', name: 'bank', region: 'CN', disabled: false },
      { id: 'shop', name: 'A shop', region: 'US', disabled: false },
    ]);
    await done('client', 'disable', 'shop');
    expect((await findClient('shop'))?.disabled).toBe(true);
    await done('client', 'enable', 'shop');
    expect((await findClient('shop'))?.disabled).toBe(false);
  });

  it('says what is wrong', async () => {
    await done('client', 'create', 'shop');
    expect(await refused(['client', 'create', 'shop'])).toBe('ardor: client shop exists already');
    expect(await refused(['client', 'disable', 'bank'])).toBe('ardor: there is no client bank');
  });
});

describe('ardor passcode', () => {
  it('is shown when it is issued, is kept as a MAC only, and can be revoked', async () => {
    await done('client', 'create', 'shop');
    const said = await done('passcode', 'issue', 'shop');
    const [, id = '', secret = ''] = /^passcode (\w+) of shop, shown only now:\n(\S+)\n$/.exec(said) ?? [];
    expect(secret).toMatch(/^ARDOR(-[0-9A-Z]{5}){6}$/);
    expect((await findClient('shop'))?.passcodeMacs.map((mac) => Buffer.from(mac))).toEqual([
      testKeyring().passcodeMac('shop', secret),
    ]);
    const [dump] = await db.query<{ text: string }>(
      `SELECT (SELECT string_agg(p::text, ' ') FROM passcodes p) || (SELECT string_agg(c::text, ' ') FROM clients c) AS text`,
    );
    for (const form of [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')]) {
      expect(dump?.text).not.toContain(form);
    }
    expect(await done('client', 'list')).not.toContain(secret);
    expect(await list('client')).toMatchObject([{ passcodes: [id] }]);

    await done('passcode', 'revoke', id);
    expect(await list('client')).toMatchObject([{ passcodes: [] }]);
    expect(await refused(['passcode', 'revoke', id])).toBe(`ardor: there is no valid passcode ${id}`);
  });

  it('needs a client, and the key', async () => {
    expect(await refused(['passcode', 'issue', 'bank'])).toBe('ardor: there is no client bank');
    const { code, out, err } = await ardor(['passcode', 'issue', 'bank'], { ARDOR_MASTER_KEY: 'short' });
    expect({ code, out, err }).toEqual({
      code: 1,
      out: '',
      err: 'ardor: the configuration is wrong:\n  - ARDOR_MASTER_KEY is missing or malformed\n',
    });
  });
});

describe('ardor template', () => {
  it('puts, grants, takes back and lists', async () => {
    await done('client', 'create', 'shop');
    await done('template', 'put', 't1', 'code ${code}');
    await done('template', 'put', 't2', 'hello', '--lane', 'bulk', '--validity', '3600', '--on-unknown', 'resend');
    await done('template', 'put', 't1', 'pin ${pin}');
    expect(await list('template')).toEqual([
      { id: 't1', body: 'pin ${pin}', lane: 'otp', validitySeconds: 300, onUnknown: 'wait' },
      { id: 't2', body: 'hello', lane: 'bulk', validitySeconds: 3_600, onUnknown: 'resend' },
    ]);
    await done('template', 'grant', 'shop', 't1');
    await done('template', 'grant', 'shop', 't1');
    expect((await findClient('shop'))?.grants).toEqual(new Set(['t1']));
    await done('template', 'ungrant', 'shop', 't1');
    expect((await findClient('shop'))?.grants).toEqual(new Set());
  });

  it.each([
    ['', 'the body is empty'],
    ['code ${1}', 'a placeholder is ${name}: a letter or _, then letters, digits or _, 32 at most'],
    ['code ${code', 'a placeholder is ${name}: a letter or _, then letters, digits or _, 32 at most'],
    ['${p2} ${p1}', 'placeholder p2 stands in another place than its name says'],
  ])('refuses the body %j', async (body, problem) => {
    expect(await refused(['template', 'put', 't1', body])).toBe(`ardor: template t1: ${problem}`);
    expect(await list('template')).toEqual([]);
  });

  it('is granted only where both exist', async () => {
    expect(await refused(['template', 'grant', 'shop', 't1'])).toBe('ardor: there is no client shop');
    await done('client', 'create', 'shop');
    expect(await refused(['template', 'grant', 'shop', 't1'])).toBe('ardor: there is no template t1');
  });
});

describe('ardor send', () => {
  it('ends with one line where nobody listens', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    expect(await refused(['send', '13800138000', 't1', 'p1=4711', '--url', url])).toMatch(
      /^ardor: connect ECONNREFUSED/,
    );
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
    const missing = new URL(db.url);
    missing.pathname = '/no_such_database';
    expect(await refused(args, { DATABASE_URL: missing.href })).toMatch(/^ardor: .*no_such_database.* does not exist/);
  });

  it.each([[['client', 'list']], [['migrate']]])(
    'ends %j with one line where it refuses the password',
    async (args) => {
      const wrong = new URL(db.url);
      wrong.password = 'hidden';
      const line = await refused(args, { DATABASE_URL: wrong.href });
      expect(line).toMatch(/^ardor: the database cannot be used: .*authentication failed/i);
      expect(line).not.toContain('hidden');
    },
  );

  it('ends with one line where it was never migrated', async () => {
    const server = new URL(db.url);
    server.pathname = '/postgres';
    expect(await refused(['client', 'list'], { DATABASE_URL: server.href })).toMatch(
      /^ardor: the database is not migrated: /,
    );
  });

  it('ends with what is wrong where its address is none', async () => {
    const { code, err } = await ardor(['client', 'list'], { DATABASE_URL: 'mysql://ardor:hidden@127.0.0.1' });
    expect({ code, err }).toEqual({
      code: 1,
      err: 'ardor: the configuration is wrong:\n  - DATABASE_URL is missing or malformed\n',
    });
  });
});
