import { createKeyring } from '@ardor/crypto/keyring';
import { createSealer } from '@ardor/crypto/sealer';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import { waitFor } from '@ardor/runtime/wait-for';
import { createTestDatabase, MASTER_KEY, type TestDatabase } from '@ardor/testkit/fixtures';
import { freePort } from '@ardor/testkit/free-port';
import { startTcpProxy, type TcpProxy } from '@ardor/testkit/tcp-proxy';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openDatabase, type Database } from './database.js';
import { createFindClient } from '../clients/find-client.js';
import { createInsertMessages } from '../messages/insert-messages.js';
import type { NewMessage } from '../messages/new-message.js';
import { isDatabaseUnavailable } from './unavailable.js';
import { writeFailure } from './write-failure.js';

/** The limiter's epoch of a database in which none was begun. */
const EPOCH = 'none';
const keyring = createKeyring(MASTER_KEY);
const nextId = createUuid7();
const message = (fields: Partial<NewMessage> = {}): NewMessage => {
  const id = nextId();
  const to = '+8613800138000';
  return {
    ...{ id, chunkId: id, clientId: 'shop', templateId: 't1', lane: 'otp', onUnknown: 'wait', validitySeconds: 60 },
    ...{ to, text: 'code 4711', phoneMac: keyring.phoneMac(to), ...fields },
  };
};

let db: TestDatabase<Database>;
let locker: pg.Client;
const opened: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  locker = new pg.Client({ connectionString: db.url });
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

const insertWith = (database: Database) => (messages: NewMessage[]) =>
  createInsertMessages(database, createSealer(keyring), { requeueAfterMs: 5_000 })(messages, EPOCH);

/** What the two classifiers make of an insert's failure. */
async function classified(work: Promise<unknown>): Promise<{ write: string; unavailable: boolean }> {
  const error: unknown = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (error === undefined) throw new Error('it did not fail');
  return { write: writeFailure(error), unavailable: isDatabaseUnavailable(error) };
}

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
  it('is refused for an id that exists', async () => {
    const insert = insertWith(open());
    const first = message();
    await insert([first]);
    expect(await classified(insert([first]))).toEqual({ write: 'refused', unavailable: false });
  });

  it('is refused for a character that PostgreSQL cannot store', async () => {
    expect(await classified(insertWith(open())([message({ clientId: 'a\0b' })]))).toEqual({
      write: 'refused',
      unavailable: false,
    });
  });

  it('is refused for a value that is none of the column’s', async () => {
    const wrong = message({ lane: 'express' as NewMessage['lane'] });
    expect(await classified(insertWith(open())([wrong]))).toEqual({ write: 'refused', unavailable: false });
  });

  it('is not stored when the server cannot be reached', async () => {
    const database = open({ url: `postgresql://ardor@127.0.0.1:${await freePort()}/none` });
    expect(await classified(insertWith(database)([message()]))).toEqual({ write: 'not_stored', unavailable: true });
  });

  it('is not stored when the server has no connection left for this user', async () => {
    const role = `r_${nextId().replaceAll('-', '')}`;
    await db.query(`CREATE ROLE ${role} LOGIN PASSWORD 'full' CONNECTION LIMIT 0`);
    const url = new URL(db.url);
    url.username = role;
    url.password = 'full';
    try {
      expect(await classified(insertWith(open({ url: url.href }))([message()]))).toEqual({
        write: 'not_stored',
        unavailable: true,
      });
    } finally {
      await db.query(`DROP ROLE ${role}`);
    }
  });

  it('is not stored when no connection of the pool came free in time', async () => {
    const database = open({ timeoutMs: 300 });
    // The session holds its only connection for longer than the next statement waits for it.
    await database.prisma.$queryRaw`SELECT set_config('statement_timeout', '0', false)`;
    await lockMessages();
    const insert = insertWith(database);
    const blocked = classified(insert([message()]));
    await waitingBackend();
    expect(await classified(insert([message()]))).toEqual({ write: 'not_stored', unavailable: true });
    await blocked;
  });

  it('is not stored when the server cancelled the statement in time', async () => {
    await lockMessages();
    expect(await classified(insertWith(open({ timeoutMs: 200 }))([message()]))).toEqual({
      write: 'not_stored',
      unavailable: true,
    });
  });

  it('is not stored, and no outage, when the table is not there', async () => {
    await locker.query('BEGIN');
    await locker.query('ALTER TABLE messages RENAME TO elsewhere');
    await locker.query('COMMIT');
    try {
      expect(await classified(insertWith(open())([message()]))).toEqual({ write: 'not_stored', unavailable: false });
    } finally {
      await locker.query('ALTER TABLE elsewhere RENAME TO messages');
    }
  });

  it('is of unknown end when its session is terminated', async () => {
    await lockMessages();
    const failing = classified(insertWith(open())([message()]));
    await db.query('SELECT pg_terminate_backend($1)', [await waitingBackend()]);
    expect(await failing).toEqual({ write: 'unknown', unavailable: true });
  });

  it('is of unknown end when the connection breaks', async () => {
    const { proxy, url } = await proxied();
    await lockMessages();
    const failing = classified(insertWith(open({ url }))([message()]));
    await waitingBackend();
    proxy.cut();
    expect(await failing).toEqual({ write: 'unknown', unavailable: true });
  });

  it('is of unknown end when the answer never comes, and may be stored', async () => {
    const { proxy, url } = await proxied();
    const database = open({ url, timeoutMs: 200 });
    await database.ping();
    proxy.loseReplies(true);
    const one = message();
    expect(await classified(insertWith(database)([one]))).toEqual({ write: 'unknown', unavailable: true });
    expect(await stored(one.id)).toBe(true);
  });
});

describe('a failed read', () => {
  it('is an outage when the server cannot be reached', async () => {
    const findClient = createFindClient(open({ url: `postgresql://ardor@127.0.0.1:${await freePort()}/none` }));
    expect(await classified(findClient('shop'))).toMatchObject({ unavailable: true });
  });

  it('is an outage when the server hangs', async () => {
    const { proxy, url } = await proxied();
    const database = open({ url, timeoutMs: 200 });
    const findClient = createFindClient(database);
    await findClient('shop');
    proxy.hang(true);
    expect(await classified(findClient('shop'))).toMatchObject({ unavailable: true });
    proxy.hang(false);
  });

  it('is no outage when it is a bug', () => {
    expect(isDatabaseUnavailable(new TypeError('x is not a function'))).toBe(false);
    expect(isDatabaseUnavailable('text')).toBe(false);
  });
});
