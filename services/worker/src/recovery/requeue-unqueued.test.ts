import { randomUUID } from 'node:crypto';
import type { Lane } from '@ardor/domain/message/status';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import { openRedis } from '@ardor/runtime/redis/open-redis';
import { createDeliveryQueue, type DeliveryQueue } from '@ardor/queue/delivery-queue';
import { shardOf, shardPrefix } from '@ardor/queue/shards';
import { createFindOverdue } from '@ardor/store/recovery/find-overdue';
import { openDatabase, type Database } from '@ardor/store/sql/database';
import { createTestDatabase, createTestRedis, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { requeueUnqueuedDuty } from './requeue-unqueued.js';

const nextId = createUuid7();
const { url, prefix, clear } = createTestRedis();
const connection = openRedis({ url, policy: 'producer', commandTimeoutMs: 2_000, onError: () => undefined });
const deliveryQueue = createDeliveryQueue([{ connection, prefix }], () => undefined, Date.now);

let db: TestDatabase<Database>;
let requeue: () => Promise<number>;
let queueFailures: string[];
const dutyOf = (queue: Pick<DeliveryQueue, 'requeue'>, limit: number) =>
  requeueUnqueuedDuty({
    findOverdue: createFindOverdue(db.database),
    deliveryQueue: queue,
    everyMs: 1_000,
    limit,
    onQueueFailure: (error) => queueFailures.push((error as Error).message),
  });
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  const duty = dutyOf(deliveryQueue, 1_000);
  requeue = async () => (await duty.run()).moved;
});
beforeEach(async () => {
  queueFailures = [];
  await db.query('TRUNCATE messages');
  await Promise.all(deliveryQueue.queues.map(({ queue }) => queue.obliterate({ force: true })));
});
afterAll(async () => {
  await deliveryQueue.close();
  connection.disconnect();
  await clear();
  await db.drop();
});

/** Overdue messages of one chunk. */
async function overdue(count: number, chunkId: string = randomUUID(), lane: Lane = 'otp'): Promise<string[]> {
  const ids = Array.from({ length: count }, nextId);
  await db.query(
    `INSERT INTO messages (id, client_id, template_id, lane, status, on_unknown, chunk_id, expires_at, due_at, phone_mac)
     SELECT id, 'shop', 't1', $3::lane, 'queuing', 'wait', $2, now() + interval '1 hour', now(), 'mac' FROM unnest($1::uuid[]) AS id`,
    [ids, chunkId, lane],
  );
  return ids;
}
const jobs = async (lane: Lane) =>
  (await deliveryQueue.queues.find((one) => one.lane === lane)?.queue.getWaiting()) ?? [];
const idsIn = async (lane: Lane): Promise<string[]> => (await jobs(lane)).flatMap(({ data }) => data.ids).sort();

describe('overdue messages', () => {
  it('get the jobs of their chunks again, in their lanes', async () => {
    const chunk = randomUUID();
    const [otp, bulk] = [await overdue(3, chunk), await overdue(2, randomUUID(), 'bulk')];
    expect(await requeue()).toBe(5);
    expect(await jobs('otp')).toMatchObject([{ id: chunk, data: { v: 1 } }]);
    expect(await idsIn('otp')).toEqual(otp.sort());
    expect(await idsIn('bulk')).toEqual(bulk.sort());
    expect(await requeue()).toBe(0);
  });

  it('get no second job while theirs still waits', async () => {
    const chunk = randomUUID();
    const ids = await overdue(2, chunk);
    await deliveryQueue.enqueue([{ chunkId: chunk, lane: 'otp', ids }]);
    expect(await requeue()).toBe(0);
    expect(await jobs('otp')).toHaveLength(1);
  });

  it('stay in their lanes where one chunk has messages of two', async () => {
    const chunk = randomUUID();
    const [otp, bulk] = [await overdue(2, chunk, 'otp'), await overdue(2, chunk, 'bulk')];
    await requeue();
    expect(await idsIn('otp')).toEqual(otp.sort());
    expect(await idsIn('bulk')).toEqual(bulk.sort());
  });

  it('that are more than a job holds get a job of as many as it holds', async () => {
    await overdue(150);
    expect(await requeue()).toBe(100);
    expect((await jobs('otp')).map(({ data }) => data.ids.length)).toEqual([100]);
  });

  it('get no job in a quiet system', async () => {
    expect(await requeue()).toBe(0);
    expect(await jobs('otp')).toEqual([]);
  });

  it('are found again after the queue was away', async () => {
    const ids = await overdue(1);
    const away = () => Promise.reject(new Error('Connection is closed.'));
    expect(await dutyOf({ requeue: away }, 10).run()).toEqual({ moved: 0, more: false });
    expect(queueFailures).toEqual(['Connection is closed.']);
    expect(await requeue()).toBe(1);
    expect(await idsIn('otp')).toEqual(ids);
  });

  it('are found behind a page that cannot be added', async () => {
    const [stuck, lost] = [await overdue(10, randomUUID(), 'bulk'), await overdue(3)];
    const refusing: typeof deliveryQueue.requeue = (chunks) =>
      chunks.some(({ lane }) => lane === 'bulk') ? Promise.reject(new Error('OOM')) : deliveryQueue.requeue(chunks);
    const { run } = dutyOf({ requeue: refusing }, stuck.length);
    expect(await run()).toEqual({ moved: 0, more: false });
    expect(await run()).toEqual({ moved: lost.length, more: false });
    expect(await idsIn('otp')).toEqual(lost.sort());
    // The next round finds the page again.
    await run();
    expect(queueFailures).toEqual(['OOM', 'OOM']);
  });

  it('whose job waits in the shard of another QUEUE_SHARDS get one in their own shard', async () => {
    const shards = [0, 1, 2].map((n) => ({ connection, prefix: shardPrefix(prefix, n) }));
    const three = createDeliveryQueue(shards, () => undefined, Date.now);
    const chunks = Array.from({ length: 30 }, nextId);
    for (const chunkId of chunks)
      await deliveryQueue.enqueue([{ chunkId, lane: 'otp', ids: await overdue(2, chunkId) }]);
    const { run } = dutyOf(three, 1_000);
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

  it('are found behind a long backlog that has its jobs, which is read in pages and never written or queued again', async () => {
    const honest: string[] = [];
    for (let chunk = 0; chunk < 12; chunk++) {
      const chunkId = randomUUID();
      const ids = await overdue(10, chunkId);
      await deliveryQueue.enqueue([{ chunkId, lane: 'otp', ids }]);
      honest.push(...ids);
    }
    const versions = () => db.query('SELECT id, xmin::text FROM messages WHERE id = ANY($1) ORDER BY id', [honest]);
    const before = await versions();
    const lost = await overdue(3);
    const { run } = dutyOf(deliveryQueue, 50);
    const pages = [await run(), await run(), await run(), await run()];
    expect(pages.map(({ more }) => more)).toEqual([true, true, false, true]);
    expect(pages.map(({ moved }) => moved)).toEqual([0, 0, lost.length, 0]);
    expect(await versions()).toEqual(before);
    expect(await jobs('otp')).toHaveLength(13);
  });
});
