import { LANES, type Lane } from '@ardor/domain/message/status';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import { waitFor } from '@ardor/runtime/wait-for';
import { createTestRedis } from '@ardor/testkit/fixtures';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { openRedis } from '@ardor/runtime/redis/open-redis';
import { startConsumer } from './consumer.js';
import type { Chunk } from './chunk.js';
import { createDeliveryQueue } from './delivery-queue.js';
import { MISPLACED_BY_MS } from './promote-misplaced.js';

const { url, prefix, redis, clear } = createTestRedis();
const errors: unknown[] = [];
const connection = openRedis({
  url,
  policy: 'producer',
  commandTimeoutMs: 2_000,
  onError: (error) => errors.push(error),
});
const deliveryQueue = createDeliveryQueue([{ connection, prefix }], (error) => errors.push(error), Date.now);
const nextId = createUuid7();

afterEach(async () => {
  await Promise.all(deliveryQueue.queues.map(({ queue }) => queue.obliterate({ force: true })));
});
afterAll(async () => {
  await deliveryQueue.close();
  connection.disconnect();
  await clear();
  expect(errors).toEqual([]);
});

const chunk = (lane: Lane = 'otp', fields: Partial<Chunk> = {}): Chunk => {
  const id = nextId();
  return { chunkId: id, lane, ids: [id], ...fields };
};
const queueOf = (lane: Lane) => {
  const queue = deliveryQueue.queues.find((one) => one.lane === lane)?.queue;
  if (!queue) throw new Error(`no queue ${lane}`);
  return queue;
};
const waiting = async (lane: Lane): Promise<string[]> => (await queueOf(lane).getWaiting()).map(({ id }) => id ?? '');

describe('enqueue', () => {
  it('adds one job for each chunk, with the chunk’s id', async () => {
    const chunks = [chunk(), chunk()];
    await deliveryQueue.enqueue(chunks);
    expect((await waiting('otp')).sort()).toEqual(chunks.map(({ chunkId }) => chunkId).sort());
  });

  it('does nothing for a chunk whose job is still there', async () => {
    const one = chunk();
    await deliveryQueue.enqueue([one]);
    await deliveryQueue.enqueue([one, one]);
    await deliveryQueue.enqueue([{ ...one, ids: [...one.ids, nextId()] }]);
    expect(await waiting('otp')).toEqual([one.chunkId]);
    expect((await queueOf('otp').getJob(one.chunkId))?.data.ids).toEqual(one.ids);
  });

  it('does nothing for a chunk whose job is delayed', async () => {
    const one = chunk();
    await deliveryQueue.enqueue([{ ...one, delayMs: 60_000 }]);
    await deliveryQueue.enqueue([one]);
    expect(await queueOf('otp').getJobCounts('waiting', 'delayed')).toEqual({ waiting: 0, delayed: 1 });
  });

  it('adds a chunk again once its job is done', async () => {
    const one = chunk();
    const seen: string[] = [];
    const consuming = openRedis({ url, policy: 'consumer', onError: (error) => errors.push(error) });
    const consumer = startConsumer({
      ...{ connection: consuming, prefix, lane: 'otp', concurrency: 1, closeMs: 7_000 },
      process: (ids) => Promise.resolve(void seen.push(...ids)),
      onError: (error) => errors.push(error),
      onFailed: (_, error) => errors.push(error),
    });
    try {
      for (const times of [1, 2]) {
        await deliveryQueue.enqueue([one]);
        await waitFor(async () => seen.length === times && !(await queueOf('otp').getJob(one.chunkId)));
      }
    } finally {
      await consumer.close();
      consuming.disconnect();
    }
  });

  it('delays a job', async () => {
    const one = chunk('notify', { delayMs: 60_000 });
    await deliveryQueue.enqueue([one]);
    expect(await waiting('notify')).toEqual([]);
    expect(await queueOf('notify').getDelayed()).toMatchObject([{ id: one.chunkId, delay: 60_000 }]);
  });

  it('adds each job to its own lane', async () => {
    const chunks = LANES.map((lane) => chunk(lane));
    await deliveryQueue.enqueue(chunks);
    for (const { chunkId, lane } of chunks) expect(await waiting(lane)).toEqual([chunkId]);
  });

  it('writes a version and ids to Redis, and nothing else', async () => {
    const one = chunk('bulk', { ids: [nextId(), nextId()] });
    await deliveryQueue.enqueue([one]);
    const data = await redis.hget(`${prefix}:bulk:${one.chunkId}`, 'data');
    expect(JSON.parse(data ?? '')).toEqual({ v: 1, ids: one.ids });
  });

  it('does nothing for no chunks', async () => {
    await deliveryQueue.enqueue([]);
    for (const lane of LANES) expect(await waiting(lane)).toEqual([]);
  });
});

describe('the time of a job', () => {
  it('is the shared clock’s, not this process’ own', async () => {
    const shared = createDeliveryQueue(
      [{ connection, prefix }],
      (error) => errors.push(error),
      () => 1_000_000.5,
    );
    const one = chunk('otp', { delayMs: 2_000 });
    await shared.enqueue([one]);
    expect((await queueOf('otp').getJob(one.chunkId))?.timestamp).toBe(1_000_000);
    expect(Number(await redis.zscore(`${prefix}:otp:delayed`, one.chunkId)) / 0x1000).toBe(1_002_000);
    await shared.close();
  });
});

describe('requeue', () => {
  it.each([
    [MISPLACED_BY_MS - 1_000, false],
    [MISPLACED_BY_MS + 1_000, true],
    [-MISPLACED_BY_MS + 1_000, false],
    [-MISPLACED_BY_MS - 1_000, true],
    [180_000, true],
  ])('of a job whose time is %d ms from now promotes it: %p', async (ms, promoted) => {
    const one = chunk('otp', { delayMs: 60_000 });
    await deliveryQueue.enqueue([one]);
    await redis.zadd(`${prefix}:otp:delayed`, String((Date.now() + ms) * 0x1000), one.chunkId);
    expect(await deliveryQueue.requeue([one])).toEqual(promoted ? [one] : []);
    expect(await waiting('otp')).toEqual(promoted ? [one.chunkId] : []);
    expect(await deliveryQueue.requeue([one])).toEqual([]);
  });

  it('lets a job alone that waits', async () => {
    const one = chunk();
    await deliveryQueue.enqueue([one]);
    expect(await deliveryQueue.requeue([one])).toEqual([]);
    expect(await waiting('otp')).toEqual([one.chunkId]);
  });
});
