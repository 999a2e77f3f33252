import { createUuid7 } from '@ardor/domain/message/uuid7';
import { createTestDatabase, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestMessage, insertTestMessages } from '../../test/create-test-message.js';
import type { NewMessage } from '../messages/new-message.js';
import { openDatabase, type Database } from '../sql/database.js';
import { createPartitions, type Partitions } from './partitions.js';

const DAY_MS = 86_400_000;

/** A message of another day. Its UUIDv7 carries the day. */
const messageOf = (at: number): NewMessage => createTestMessage({ id: createUuid7(() => at)() });
const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const nameOf = (at: number): string => `messages_${dateOf(at).replaceAll('-', '')}`;

let db: TestDatabase<Database>;
let partitions: Partitions;
let today: number;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  partitions = createPartitions(db.database);
  const [row] = await db.query<{ ms: number }>('SELECT (extract(epoch FROM now()) * 1000)::float8 AS ms');
  today = Math.floor((row?.ms ?? 0) / DAY_MS) * DAY_MS;
});
afterAll(() => db.drop());

const partitionOf = async (id: string): Promise<string | undefined> =>
  (await db.query<{ at: string }>('SELECT tableoid::regclass::text AS at FROM messages WHERE id = $1', [id]))[0]?.at;
const partitionNames = async (): Promise<string[]> =>
  (
    await db.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'messages'::regclass ORDER BY 1`,
    )
  ).map(({ name }) => name);
/** A session that holds a lock until its end. By default it is the lock of pg_dump, on every table. */
async function holdLocks(lock = 'SELECT count(*) FROM messages'): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: db.url });
  await client.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await client.query(lock);
  return client;
}

describe('the partitions', () => {
  it('are those of today and the days ahead in a fresh database', async () => {
    const days = Array.from({ length: 8 }, (_, day) => nameOf(today + day * DAY_MS));
    expect(await partitionNames()).toEqual(days);
  });

  it('store each message in its own day, from its first millisecond to its last', async () => {
    const first = messageOf(today + DAY_MS);
    const last = messageOf(today + DAY_MS - 1);
    await insertTestMessages(db, [first, last]);
    expect(await partitionOf(first.id)).toBe(nameOf(today + DAY_MS));
    expect(await partitionOf(last.id)).toBe(nameOf(today));
  });

  it('are created when they are missing', async () => {
    expect(await partitions.ensure(7)).toBe(0);
    expect(await partitions.ensure(9)).toBe(2);
    expect(await partitions.ensure(9)).toBe(0);
    expect(await partitionNames()).toContain(nameOf(today + 9 * DAY_MS));
  });

  it('are created once when two copies do it at once', async () => {
    for (const ahead of [10, 11, 12, 13]) {
      const both = await Promise.all([partitions.ensure(ahead), partitions.ensure(ahead)]);
      expect(both.sort()).toEqual([0, 1]);
    }
  });

  it('are created while another session reads all of them, as a backup does', async () => {
    const backup = await holdLocks();
    expect(await partitions.ensure(14)).toBe(1);
    await backup.end();
  });

  it('are refused by name when a table that is no partition has their name', async () => {
    const name = nameOf(today + 15 * DAY_MS);
    await db.query(`CREATE TABLE ${name} (id int)`);
    await expect(partitions.ensure(15)).rejects.toMatchObject({ sqlstate: '42P07' });
    await db.query(`DROP TABLE ${name}`);
  });

  it('tell how far they reach back and ahead', async () => {
    await partitions.ensure(16);
    await db.query('SELECT ardor_create_partition($1::date)', [dateOf(today + 18 * DAY_MS)]);
    expect(await partitions.state()).toEqual({ oldestDays: 0, daysAhead: 16 });
    await db.query('SELECT ardor_create_partition($1::date)', [dateOf(today - 40 * DAY_MS)]);
    expect(await partitions.state()).toEqual({ oldestDays: 40, daysAhead: 16 });
    await db.query(`DROP TABLE ${nameOf(today)}`);
    expect(await partitions.state()).toEqual({ oldestDays: 40, daysAhead: -1 });
  });
});

describe('ardor_ensure_partition', () => {
  const ensure = (day: number): Promise<unknown> =>
    db.query('SELECT ardor_ensure_partition($1::date)', [dateOf(today + day * DAY_MS)]);

  it.each([-2, 60])('creates a partition %d days from today', async (day) => {
    await ensure(day);
    expect(await partitionNames()).toContain(nameOf(today + day * DAY_MS));
  });

  it.each([-3, 61])('refuses one %d days from today', async (day) => {
    await expect(ensure(day)).rejects.toMatchObject({ code: '22023' });
    expect(await partitionNames()).not.toContain(nameOf(today + day * DAY_MS));
  });

  it('gives up when it waits for a lock', async () => {
    const holder = await holdLocks('LOCK TABLE messages IN SHARE UPDATE EXCLUSIVE MODE');
    await expect(ensure(50)).rejects.toMatchObject({ code: '55P03' });
    await holder.end();
    await ensure(50);
  });

  describe('for a role that may only write rows', () => {
    let client: pg.Client;
    const schema = 's_of_the_role';
    beforeAll(async () => {
      await db.query(`CREATE SCHEMA ${schema} AUTHORIZATION ardor_app`);
      client = new pg.Client({ connectionString: db.url });
      await client.connect();
    });
    afterAll(() => client.end());

    it('works, though the role cannot do it by itself', async () => {
      const day = dateOf(today + 55 * DAY_MS);
      await expect(client.query('SELECT ardor_create_partition($1::date)', [day])).rejects.toMatchObject({
        code: '42501',
      });
      await client.query('SELECT ardor_ensure_partition($1::date)', [day]);
      expect(await partitionNames()).toContain(nameOf(today + 55 * DAY_MS));
    });

    it('runs no function of the role with the rights of the owner', async () => {
      await client.query(
        `CREATE FUNCTION ${schema}.ardor_create_partition(date) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$`,
      );
      await client.query(`SET search_path = ${schema}, public`);
      await client.query('SELECT public.ardor_ensure_partition($1::date)', [dateOf(today + 56 * DAY_MS)]);
      expect(await partitionNames()).toContain(nameOf(today + 56 * DAY_MS));
    });
  });
});
