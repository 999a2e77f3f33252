import { randomUUID } from 'node:crypto';
import type { Lane } from '@ardor/domain/message/status';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import { openRedis } from '@ardor/runtime/redis/open-redis';
import { createDeliveryQueue } from '@ardor/queue/delivery-queue';
import { shardOf, shardPrefix } from '@ardor/queue/shards';
import { createFindUnqueued } from '@ardor/store/recovery/find-unqueued';
import { openDatabase, type Database } from '@ardor/store/sql/database';
import { createTestDatabase, createTestRedis, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createRequeueUnqueued } from './requeue-unqueued.js';

const nextId = createUuid7();
const { url, prefix, clear } = createTestRedis();
const connection = openRedis({ url, policy: 'producer', commandTimeoutMs: 2_000, onError: () => undefined });
const producer = createDeliveryQueue([{ connection, prefix }], () => undefined);

let db: TestDatabase<Database>;
let requeue: () => Promise<number>;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  const run = createRequeueUnqueued(createFindUnqueued(db.database), producer, 1_000);
  requeue = async () => (await run()).moved;
});
beforeEach(async () => {
  await db.query('TRUNCATE messages');
  await Promise.all(producer.queues.map(({ queue }) => queue.obliterate({ force: true })));
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
const jobs = async (lane: Lane) => (await producer.queues.find((one) => one.lane === lane)?.queue.getWaiting()) ?? [];
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
    await producer.enqueue([{ chunkId: chunk, lane: 'otp', ids }]);
    expect(await requeue()).toBe(0);
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
    expect(await requeue()).toBe(100);
    expect((await jobs('otp')).map(({ data }) => data.ids.length)).toEqual([100]);
  });

  it('are none in a quiet system', async () => {
    expect(await requeue()).toBe(0);
    expect(await jobs('otp')).toEqual([]);
  });

  it('are not lost sight of while the queue is away', async () => {
    const ids = await strays(1);
    const away = () => Promise.reject(new Error('Connection is closed.'));
    for (const broken of [
      { findMissing: away, enqueue: away },
      { findMissing: producer.findMissing, enqueue: away },
    ]) {
      await expect(createRequeueUnqueued(createFindUnqueued(db.database), broken, 10)()).rejects.toThrow(
        'Connection is closed.',
      );
    }
    expect(await requeue()).toBe(1);
    expect(await idsIn('otp')).toEqual(ids);
  });

  it('are found behind a page that cannot be added', async () => {
    const [stuck, lost] = [await strays(10, randomUUID(), 'bulk'), await strays(3)];
    const enqueue: typeof producer.enqueue = (chunks) =>
      chunks.some(({ lane }) => lane === 'bulk') ? Promise.reject(new Error('OOM')) : producer.enqueue(chunks);
    const run = createRequeueUnqueued(createFindUnqueued(db.database), { ...producer, enqueue }, stuck.length);
    await expect(run()).rejects.toThrow('OOM');
    expect(await run()).toEqual({ moved: lost.length, more: false });
    expect(await idsIn('otp')).toEqual(lost.sort());
    // And it is tried again.
    await expect(run()).rejects.toThrow('OOM');
  });

  it('are those whose job waits in the shard of another QUEUE_SHARDS: they have a job in their own', async () => {
    const shards = [0, 1, 2].map((n) => ({ connection, prefix: shardPrefix(prefix, n) }));
    const three = createDeliveryQueue(shards, () => undefined);
    const chunks = Array.from({ length: 30 }, nextId);
    for (const chunkId of chunks) await producer.enqueue([{ chunkId, lane: 'otp', ids: await strays(2, chunkId) }]);
    const run = createRequeueUnqueued(createFindUnqueued(db.database), three, 1_000);
    const moved = chunks.filter((chunkId) => shardOf(chunkId, 3) > 0);
    expect((await run()).moved).toBe(2 * moved.length);
    const inShards = await Promise.all(
      three.queues.filter(({ lane }) => lane === 'otp').map(({ queue }) => queue.getWaiting()),
    );
    expect(inShards.map((found) => found.length)[0]).toBe(30);
    expect(
      inShards
        .slice(1)
        .flat()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(moved.sort());
    expect((await run()).moved).toBe(0);
    await three.close();
  });

  it('are found behind a long backlog that waits honestly, which is read in pages and never written or queued again', async () => {
    const honest: string[] = [];
    for (let chunk = 0; chunk < 12; chunk++) {
      const chunkId = randomUUID();
      const ids = await strays(10, chunkId);
      await producer.enqueue([{ chunkId, lane: 'otp', ids }]);
      honest.push(...ids);
    }
    const versions = () => db.query('SELECT id, xmin::text FROM messages WHERE id = ANY($1) ORDER BY id', [honest]);
    const before = await versions();
    const lost = await strays(3);
    const run = createRequeueUnqueued(createFindUnqueued(db.database), producer, 50);
    const pages = [await run(), await run(), await run(), await run()];
    expect(pages.map(({ more }) => more)).toEqual([true, true, false, true]);
    expect(pages.map(({ moved }) => moved)).toEqual([0, 0, lost.length, 0]);
    expect(await versions()).toEqual(before);
    expect(await jobs('otp')).toHaveLength(13);
  });
});
