import { waitFor } from '@ardor/runtime/wait-for';
import { createTestDatabase, type TestDatabase } from '@ardor/testkit/fixtures';
import { freePort } from '@ardor/testkit/free-port';
import { startTcpProxy, type TcpProxy } from '@ardor/testkit/tcp-proxy';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestMessage, PERMIT, nextId, sealer } from '../../test/create-test-message.js';
import { openDatabase, type Database } from './database.js';
import { createFindTemplate } from '../templates/find-template.js';
import { createInsertMessages, type InsertResult } from '../messages/insert-messages.js';
import type { NewMessage } from '../messages/new-message.js';
import { StoreError, toStoreError, type StoreErrorKind } from './store-error.js';

let db: TestDatabase<Database>;
let locker: pg.Client;
const opened: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  locker = new pg.Client({ connectionString: db.adminUrl });
  await locker.connect();
});
afterEach(async () => {
  await locker.query('ROLLBACK');
  await Promise.all(opened.splice(0).map((one) => one.close()));
});
afterAll(async () => {
  await locker.end();
  await db.drop();
});

function open(options: { url?: string; timeoutMs?: number } = {}): Database {
  const database = openDatabase({ url: db.url, pool: 1, timeoutMs: 5_000, ...options });
  opened.push(database);
  return database;
}

async function proxied(): Promise<{ proxy: TcpProxy; url: string }> {
  const url = new URL(db.url);
  const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  opened.push(proxy);
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  return { proxy, url: url.href };
}

interface Failure {
  readonly result: InsertResult | undefined;
  readonly error: StoreError | undefined;
}

/** Inserts one message; what became of it, and the error of the statement that failed. */
async function insertWith(database: Database, one = createTestMessage()): Promise<Failure> {
  let failure: StoreError | undefined;
  const insert = createInsertMessages(database, sealer, {
    requeueAfterMs: 5_000,
    onFailure: (error) => {
      failure = error;
    },
  });
  const [result] = await insert([one], PERMIT);
  return { result, error: failure };
}

const failed = (result: InsertResult, kind: StoreErrorKind, sqlstate?: string): unknown => ({
  result,
  error: expect.objectContaining({ kind, sqlstate, certainlyNotStored: result !== 'maybe_stored' }),
});

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Holds every write of messages back until the test's end. */
async function lockMessages(): Promise<void> {
  await locker.query('BEGIN');
  await locker.query('LOCK TABLE messages IN ACCESS EXCLUSIVE MODE');
}

const waitingBackend = (): Promise<number> =>
  waitFor(async () => {
    const rows = await db.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INSERT INTO messages%'`,
    );
    return rows[0]?.pid;
  });

const stored = async (id: string): Promise<boolean> =>
  (await db.query('SELECT 1 FROM messages WHERE id = $1', [id])).length > 0;

describe('a failed insert', () => {
  it('is invalid data for an id that exists', async () => {
    const database = open();
    const first = createTestMessage();
    await insertWith(database, first);
    expect(await insertWith(database, first)).toEqual(failed('invalid_row', 'invalid_data', '23505'));
  });

  it('is rejected for a character that PostgreSQL cannot store', async () => {
    const wrong = createTestMessage({ clientId: 'a\0b' });
    expect(await insertWith(open(), wrong)).toEqual(failed('invalid_row', 'invalid_data', '22021'));
  });

  it('is rejected for a value that its column does not know', async () => {
    const wrong = createTestMessage({ lane: 'express' as NewMessage['lane'] });
    expect(await insertWith(open(), wrong)).toEqual(failed('invalid_row', 'invalid_data', '22P02'));
  });

  it('is not stored when the server cannot be reached', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const failure = await insertWith(open({ url: `postgresql://ardor@${address}/none` }));
    expect(failure).toEqual(failed('not_stored', 'unavailable'));
    expect(failure.error?.message).toBe(`the database cannot be used: ECONNREFUSED (${address})`);
  });

  it('is not stored when the server has no connection left for this user', async () => {
    const role = `r_${nextId().replaceAll('-', '')}`;
    await db.query(`CREATE ROLE ${role} LOGIN PASSWORD 'full' CONNECTION LIMIT 0`);
    const url = new URL(db.url);
    url.username = role;
    url.password = 'full';
    try {
      expect(await insertWith(open({ url: url.href }))).toEqual(failed('not_stored', 'unavailable', '53300'));
    } finally {
      await db.query(`DROP ROLE ${role}`);
    }
  });

  it('is not stored when no connection of the pool came free in time', async () => {
    const database = open({ timeoutMs: 300 });
    // The session holds its only connection for longer than the next statement waits for it.
    await database.sql`SELECT set_config('statement_timeout', '0', false)`;
    await lockMessages();
    const blocked = insertWith(database);
    await waitingBackend();
    expect(await insertWith(database)).toEqual(failed('not_stored', 'unavailable'));
    await blocked;
  });

  it('is not stored when the server cancelled the statement in time', async () => {
    await lockMessages();
    expect(await insertWith(open({ timeoutMs: 200 }))).toEqual(failed('not_stored', 'unavailable', '57014'));
  });

  it('is not stored, and no outage, when the table is not there', async () => {
    await locker.query('ALTER TABLE messages RENAME TO elsewhere');
    try {
      expect(await insertWith(open())).toEqual(failed('not_stored', 'other', '42P01'));
    } finally {
      await locker.query('ALTER TABLE elsewhere RENAME TO messages');
    }
  });

  it('is not stored when the server ended it as the victim of a deadlock', async () => {
    const one = createTestMessage();
    await locker.query('BEGIN');
    // The insert waits for this id; then this session waits for the epoch's lock, which the insert holds.
    await locker.query(
      `INSERT INTO messages (id, client_id, template_id, lane, status, on_unknown, chunk_id, expires_at, due_at, phone_mac)
       VALUES ($1, 'shop', 't1', 'otp', 'queuing', 'wait', $1, now(), now(), 'mac')`,
      [one.id],
    );
    // The session that has waited for longer than this is the victim.
    await locker.query(`SET LOCAL deadlock_timeout = '20s'`);
    const failing = insertWith(open(), one);
    await waitingBackend();
    await locker.query(`SELECT ardor_begin_limiter_epoch('none')`);
    expect(await failing).toEqual(failed('not_stored', 'conflict', '40P01'));
  });

  it('may be stored when its session is terminated', async () => {
    await lockMessages();
    const failing = insertWith(open());
    await db.query('SELECT pg_terminate_backend($1)', [await waitingBackend()]);
    expect(await failing).toEqual(failed('maybe_stored', 'unavailable', '57P01'));
  });

  it('may be stored when the connection breaks', async () => {
    const { proxy, url } = await proxied();
    await lockMessages();
    const failing = insertWith(open({ url }));
    await waitingBackend();
    proxy.cut();
    expect(await failing).toEqual(failed('maybe_stored', 'unavailable'));
  });

  it('may be stored when the response never comes', async () => {
    const { proxy, url } = await proxied();
    const database = open({ url, timeoutMs: 1_000 });
    await database.ping();
    proxy.loseReplies(true);
    const one = createTestMessage();
    expect(await insertWith(database, one)).toEqual(failed('maybe_stored', 'unavailable'));
    expect(await stored(one.id)).toBe(true);
  });
});

describe('a failed call of the typed client', () => {
  it('is unavailable when the server cannot be reached', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const findTemplate = createFindTemplate(open({ url: `postgresql://ardor@${address}/none` }));
    const error = await failureOf(findTemplate('t1'));
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ kind: 'unavailable', certainlyNotStored: true, sqlstate: undefined });
    expect((error as StoreError).message).toMatch(
      /^the database cannot be used: it cannot be reached \(127\.0\.0\.1:\d+\)$/,
    );
  });

  it('is unavailable when the server hangs', async () => {
    const { proxy, url } = await proxied();
    const database = open({ url, timeoutMs: 1_000 });
    const findTemplate = createFindTemplate(database);
    await findTemplate('t1');
    proxy.hang(true);
    expect(await failureOf(findTemplate('t1'))).toMatchObject({ kind: 'unavailable', certainlyNotStored: false });
    proxy.hang(false);
  });

  it('is invalid data for an id that exists', async () => {
    const { prisma } = open();
    const data = { id: 'secret-id', name: 'Secret', region: 'CN' };
    await prisma.client.create({ data });
    const error = await failureOf(prisma.client.create({ data }));
    expect(error).toMatchObject({
      name: 'StoreError',
      kind: 'invalid_data',
      sqlstate: '23505',
      certainlyNotStored: true,
    });
    expect((error as StoreError).message).not.toMatch(/secret/i);
  });
});

describe('toStoreError', () => {
  it.each([
    new TypeError('x is not a function'),
    'text',
    undefined,
    null,
    Object.assign(new Error('x'), { code: 'P2025' }),
  ])('is no outage for a bug: %p', (bug) => {
    expect(toStoreError(bug, 'db:5432')).toMatchObject({
      kind: 'other',
      certainlyNotStored: false,
      operational: false,
      sqlstate: undefined,
      cause: bug,
      message: 'a statement failed (db:5432)',
    });
  });

  it.each([
    ['EPIPE', false],
    ['ECONNRESET', false],
    ['EHOSTUNREACH', true],
  ])('is an outage for %s', (code, certainlyNotStored) => {
    const error = toStoreError(Object.assign(new Error('secret'), { code }), 'db:5432');
    expect(error).toMatchObject({ kind: 'unavailable', certainlyNotStored, sqlstate: undefined });
    expect(error.message).toBe(`the database cannot be used: ${code} (db:5432)`);
  });

  it.each([
    ['22P02', 'the database rejected the data of a statement (SQLSTATE 22P02, db:5432)'],
    ['40P01', 'the database rolled a statement back in favour of another (SQLSTATE 40P01, db:5432)'],
    ['42601', 'a statement failed (SQLSTATE 42601, db:5432)'],
    ['28P01', 'the database cannot be used: what the server said (SQLSTATE 28P01, db:5432)'],
    ['42P01', 'the database is not migrated: what the server said (SQLSTATE 42P01, db:5432)'],
  ])('quotes the server only where it quotes no value: %s', (code, message) => {
    expect(toStoreError(Object.assign(new Error('what the server said'), { code }), 'db:5432').message).toBe(message);
  });
});
