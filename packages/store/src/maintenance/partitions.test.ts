import { createUuid7 } from '@ardor/domain/message/uuid7';
import { createTestDatabase, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestMessage, insertTestMessages } from '../../test/create-test-message.js';
import type { NewMessage } from '../messages/new-message.js';
import { openDatabase, type Database } from '../sql/database.js';
import { createFindMessages } from '../messages/find-messages.js';
import { createPartitions, type Partitions } from './partitions.js';

const DAY_MS = 86_400_000;

/** A message of another day. Its UUIDv7 carries the day. */
const messageOf = (at: number): NewMessage => createTestMessage({ id: createUuid7(() => at)() });
const nameOf = (at: number): string => `messages_${new Date(at).toISOString().slice(0, 10).replaceAll('-', '')}`;

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

describe('the partitions', () => {
  it('are those of today and a week more in a fresh database', async () => {
    const days = Array.from({ length: 8 }, (_, day) => nameOf(today + day * DAY_MS));
    expect(await partitionNames()).toEqual([...days, 'messages_default']);
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

  it('get the rows that had to go to the default partition', async () => {
    const early = messageOf(today + 14 * DAY_MS + 1);
    const later = messageOf(today + 20 * DAY_MS);
    await insertTestMessages(db, [early, later]);
    expect(await partitionOf(early.id)).toBe('messages_default');
    const [before] = await db.query('SELECT * FROM messages WHERE id = $1', [early.id]);
    expect(await partitions.ensure(14)).toBe(1);
    expect(await partitionOf(early.id)).toBe(nameOf(today + 14 * DAY_MS));
    expect(await db.query('SELECT * FROM messages WHERE id = $1', [early.id])).toEqual([before]);
    expect(await partitionOf(later.id)).toBe('messages_default');
  });

  it('are dropped when their day ended longer ago than retention, and not before', async () => {
    const days = [1, 2, 3].map((ago) => today - ago * DAY_MS);
    for (const day of days)
      await db.query('SELECT ardor_ensure_partition($1::date)', [new Date(day).toISOString().slice(0, 10)]);
    const messages = days.map((day) => messageOf(day + DAY_MS / 2));
    const young = messageOf(today + 1);
    await insertTestMessages(db, [...messages, young]);
    expect(await partitions.dropOlderThan(2)).toBe(1);
    expect(await partitions.dropOlderThan(2)).toBe(0);
    const found = await createFindMessages(db.database)([...messages, young].map(({ id }) => id));
    expect([...found.keys()].sort()).toEqual([young, ...messages.slice(0, 2)].map(({ id }) => id).sort());
    expect(await partitionNames()).toContain('messages_default');
  });
});
