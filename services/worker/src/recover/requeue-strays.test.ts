import { randomUUID } from 'node:crypto';
import type { Lane } from '@ardor/domain/status';
import { createUuid7 } from '@ardor/domain/uuid7';
import { openQueueConnection } from '@ardor/queue/connection';
import { createProducer } from '@ardor/queue/producer';
import { createTakeStrays } from '@ardor/store/recover/take-strays';
import { createTestDatabase, createTestRedis, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createRequeueStrays } from './requeue-strays.js';

const nextId = createUuid7();
const { url, prefix, clear } = createTestRedis();
const connection = openQueueConnection({ url, commandTimeoutMs: 2_000, onError: () => undefined });
const producer = createProducer(connection, prefix, () => undefined);

let db: TestDatabase;
let requeue: () => Promise<number>;
beforeAll(async () => {
  db = await createTestDatabase();
  requeue = createRequeueStrays(createTakeStrays(db.database), producer, { limit: 1_000, againAfterMs: 30_000 });
});
beforeEach(async () => {
  await db.query('TRUNCATE messages');
  await Promise.all(producer.queues.map((queue) => queue.obliterate({ force: true })));
});
afterAll(async () => {
  await producer.close();
  connection.disconnect();
  await clear();
  await db.drop();
});

/** Overdue messages of one chunk. */
async function strays(count: number, chunkId: string = randomUUID(), lane: Lane = 'otp'): Promise<string[]> {
  const ids = Array.from({ length: count }, nextId);
  await db.query(
    `INSERT INTO messages (id, client_id, template_id, lane, status, on_unknown, chunk_id, expires_at, due_at, phone_mac)
     SELECT id, 'shop', 't1', $3::lane, 'queuing', 'wait', $2, now() + interval '1 hour', now(), 'mac' FROM unnest($1::uuid[]) AS id`,
    [ids, chunkId, lane],
  );
  return ids;
}
const jobs = async (lane: Lane) => (await producer.queues.find(({ name }) => name === lane)?.getWaiting()) ?? [];
const idsIn = async (lane: Lane): Promise<string[]> => (await jobs(lane)).flatMap(({ data }) => data.ids).sort();

describe('strays', () => {
  it('get the jobs of their chunks again, in their lanes', async () => {
    const chunk = randomUUID();
    const [otp, bulk] = [await strays(3, chunk), await strays(2, randomUUID(), 'bulk')];
    expect(await requeue()).toBe(5);
    expect(await jobs('otp')).toMatchObject([{ id: chunk, data: { v: 1 } }]);
    expect(await idsIn('otp')).toEqual(otp.sort());
    expect(await idsIn('bulk')).toEqual(bulk.sort());
    expect(await requeue()).toBe(0);
  });

  it('get no second job while theirs still waits', async () => {
    const chunk = randomUUID();
    const ids = await strays(2, chunk);
    await producer.add([{ chunkId: chunk, lane: 'otp', ids }]);
    expect(await requeue()).toBe(2);
    expect(await jobs('otp')).toHaveLength(1);
  });

  it('stay in their lanes where one chunk has messages of two', async () => {
    const chunk = randomUUID();
    const [otp, bulk] = [await strays(2, chunk, 'otp'), await strays(2, chunk, 'bulk')];
    await requeue();
    expect(await idsIn('otp')).toEqual(otp.sort());
    expect(await idsIn('bulk')).toEqual(bulk.sort());
  });

  it('are more than a job may hold only where something went wrong; the job stays readable', async () => {
    await strays(150);
    expect(await requeue()).toBe(150);
    expect((await jobs('otp')).map(({ data }) => data.ids.length)).toEqual([100]);
  });

  it('are none in a quiet system', async () => {
    expect(await requeue()).toBe(0);
    expect(await jobs('otp')).toEqual([]);
  });

  it('are told of when the queue takes no job', async () => {
    await strays(1);
    const broken = createRequeueStrays(
      createTakeStrays(db.database),
      { ping: () => Promise.resolve(), add: () => Promise.reject(new Error('Connection is closed.')) },
      { limit: 10, againAfterMs: 30_000 },
    );
    await expect(broken()).rejects.toThrow('Connection is closed.');
  });

  it('are not put off while the queue is away', async () => {
    await strays(1);
    const away = () => Promise.reject(new Error('Connection is closed.'));
    const broken = createRequeueStrays(
      createTakeStrays(db.database),
      { ping: away, add: away },
      { limit: 10, againAfterMs: 30_000 },
    );
    await expect(broken()).rejects.toThrow('Connection is closed.');
    expect(await db.query(`SELECT 1 FROM messages WHERE status = 'queuing' AND due_at > now()`)).toEqual([]);
  });
});
