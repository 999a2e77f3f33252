import { createUuid7 } from '@ardor/domain/message/uuid7';
import { waitFor } from '@ardor/runtime/wait-for';
import { createTestDatabase, rethrow, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestMessage, PERMIT, insertTestMessages, sealer } from '../../test/create-test-message.js';
import { createFindMessages } from '../messages/find-messages.js';
import { createInsertMessages } from '../messages/insert-messages.js';
import { openDatabase, type Database } from '../sql/database.js';
import { createDropOldPartition, type DropOldPartition } from './drop-old-partition.js';

const DAY_MS = 86_400_000;
const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const nameOf = (at: number): string => `messages_${dateOf(at).replaceAll('-', '')}`;

let db: TestDatabase<Database>;
let owner: pg.Client | undefined;
let drop: DropOldPartition;
let today: number;
const sessions: pg.Client[] = [];

beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  drop = createDropOldPartition(db.ownerUrl);
  const [row] = await query<{ ms: number }>('SELECT (extract(epoch FROM now()) * 1000)::float8 AS ms');
  today = Math.floor((row?.ms ?? 0) / DAY_MS) * DAY_MS;
});
afterAll(async () => {
  await Promise.all(sessions.map((session) => session.end()));
  await db.drop();
});

/** Runs SQL as the owner, who alone may drop what it creates. */
async function query<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
  owner ??= await openSession();
  return (await owner.query<Row>(sql, values)).rows;
}

/** Creates the partition of a past day with one message. Returns the message's id. */
async function fillDay(daysAgo: number): Promise<string> {
  const at = today - daysAgo * DAY_MS;
  await query('SELECT ardor_create_partition($1::date)', [dateOf(at)]);
  const message = createTestMessage({ id: createUuid7(() => at + DAY_MS / 2)() });
  await insertTestMessages(db, [message]);
  return message.id;
}

const tableExists = async (name: string): Promise<boolean> =>
  (await query('SELECT FROM pg_class WHERE relname = $1', [name])).length > 0;
const isPartition = async (name: string): Promise<boolean> =>
  (await query('SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE c.relname = $1', [name])).length >
  0;

async function openSession(url = db.ownerUrl): Promise<pg.Client> {
  const session = new pg.Client({ connectionString: url });
  session.on('error', () => undefined);
  sessions.push(session);
  await session.connect();
  return session;
}

/** Holds what pg_dump holds from its first moment to its last: ACCESS SHARE on every table, and one snapshot. */
async function startBackup(): Promise<{ end(): Promise<unknown> }> {
  const session = await openSession();
  await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  const { rows } = await session.query<{ name: string }>(
    `SELECT oid::regclass::text AS name FROM pg_class WHERE relname LIKE 'messages%' AND relkind IN ('r', 'p')`,
  );
  await session.query(`LOCK TABLE ${rows.map(({ name }) => name).join()} IN ACCESS SHARE MODE`);
  return { end: () => session.query('ROLLBACK') };
}

/** Sends and queries until it is stopped, each with the time in which a client gets its 503. */
function startTraffic(): { stop(): Promise<{ done: number; failures: unknown[] }> } {
  const database = openDatabase({ url: db.url, pool: 2, timeoutMs: 400 });
  const failures: unknown[] = [];
  const insert = createInsertMessages(database, sealer, { requeueAfterMs: 5_000, onFailure: rethrow });
  const find = createFindMessages(database);
  let running = true;
  let done = 0;
  const repeat = async (work: () => Promise<unknown>): Promise<void> => {
    while (running)
      await work().then(
        () => done++,
        (error: unknown) => failures.push(error),
      );
  };
  const loops = [
    repeat(() => insert([createTestMessage()], PERMIT)),
    repeat(() => find([createTestMessage().id])),
    // Recovery reads every partition.
    repeat(() => database.sql`SELECT id FROM messages WHERE status = 'queuing' AND due_at < now() LIMIT 1`),
  ];
  return {
    stop: async () => {
      running = false;
      await Promise.all(loops);
      await database.close();
      return { done, failures };
    },
  };
}

describe('dropping old partitions', () => {
  it('drops days that ended longer ago than retention, one at a time, and no others', async () => {
    const ids = [await fillDay(1), await fillDay(2), await fillDay(3), await fillDay(4)];
    expect([await drop(2), await drop(2), await drop(2)]).toEqual(['dropped', 'dropped', 'none_old']);
    expect([...(await createFindMessages(db.database)(ids)).keys()].sort()).toEqual(ids.slice(0, 2).sort());
    expect(await tableExists(nameOf(today - 3 * DAY_MS))).toBe(false);
    expect(await tableExists(nameOf(today))).toBe(true);
    expect([await drop(0), await drop(0)]).toEqual(['dropped', 'dropped']);
  });

  it('holds up no send and no query while a backup runs, and goes on when it has ended', async () => {
    await fillDay(10);
    await fillDay(11);
    const backup = await startBackup();
    const traffic = startTraffic();
    expect([await drop(2), await drop(2), await drop(2)]).toEqual(['held', 'held', 'held']);
    const { done, failures } = await traffic.stop();
    expect(failures).toEqual([]);
    expect(done).toBeGreaterThan(10);
    await backup.end();
    expect([await drop(2), await drop(2), await drop(2)]).toEqual(['dropped', 'dropped', 'none_old']);
  });

  it('holds up nothing when a backup begins between detaching and dropping', async () => {
    await fillDay(12);
    const name = nameOf(today - 12 * DAY_MS);
    await query(`COMMENT ON TABLE ${name} IS 'ardor: past its retention'`);
    await query(`ALTER TABLE messages DETACH PARTITION ${name} CONCURRENTLY`);
    const backup = await startBackup();
    const traffic = startTraffic();
    expect(await drop(2)).toBe('held');
    expect((await traffic.stop()).failures).toEqual([]);
    await backup.end();
    expect(await drop(2)).toBe('dropped');
    expect(await tableExists(name)).toBe(false);
  });

  it('finishes what a worker that died had begun', async () => {
    await fillDay(13);
    const name = nameOf(today - 13 * DAY_MS);
    const reader = await openSession();
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await reader.query('SELECT count(*) FROM messages');
    const worker = await openSession();
    await worker.query(`COMMENT ON TABLE ${name} IS 'ardor: past its retention'`);
    const detaching = worker.query(`ALTER TABLE messages DETACH PARTITION ${name} CONCURRENTLY`);
    detaching.catch(() => undefined);
    await waitFor(async () => (await query('SELECT FROM pg_inherits WHERE inhdetachpending')).length > 0);
    await query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%CONCURRENTLY' AND state = 'active'`,
    );
    await expect(detaching).rejects.toThrow();
    expect(await isPartition(name)).toBe(true);
    await reader.query('ROLLBACK');
    expect(await drop(2)).toBe('dropped');
    expect(await tableExists(name)).toBe(false);
  });

  it('leaves a partition that somebody detached to keep it', async () => {
    await fillDay(14);
    const name = nameOf(today - 14 * DAY_MS);
    await query(`ALTER TABLE messages DETACH PARTITION ${name}`);
    expect(await drop(2)).toBe('none_old');
    expect(await tableExists(name)).toBe(true);
  });

  it('is one worker’s turn at a time', async () => {
    await fillDay(15);
    const other = await openSession();
    await other.query(`SELECT pg_advisory_lock(hashtext('ardor.drop_partitions'))`);
    expect(await drop(2)).toBe('busy');
    await other.end();
    expect(await drop(2)).toBe('dropped');
  });

  it('says that the role does not own the messages', async () => {
    expect(await createDropOldPartition(db.url)(2)).toBe('not_owner');
  });
});
