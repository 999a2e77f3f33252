import { LANES, type Lane } from '@ardor/domain/message/status';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import { waitFor } from '@ardor/runtime/wait-for';
import { createTestRedis } from '@ardor/testkit/fixtures';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { openRedis } from '@ardor/runtime/redis/open-redis';
import { startConsumer } from './consumer.js';
import { createDeliveryQueue } from './delivery-queue.js';

const HOUR_MS = 3_600_000;

const { url, prefix, redis, clear } = createTestRedis();
const connection = openRedis({ url, policy: 'producer', commandTimeoutMs: 2_000, onError: () => undefined });
const deliveryQueue = createDeliveryQueue([{ connection, prefix }], () => undefined, Date.now);
const nextId = createUuid7();

afterEach(async () => {
  await Promise.all(deliveryQueue.queues.map(({ queue }) => queue.obliterate({ force: true })));
});
afterAll(async () => {
  await deliveryQueue.close();
  connection.disconnect();
  await clear();
});

async function add(lane: Lane = 'otp', delayMs = 0): Promise<string> {
  const id = nextId();
  await deliveryQueue.enqueue([{ chunkId: id, lane, ids: [id], delayMs }]);
  return id;
}
/** Makes a job look as if it had been added `ms` ago. */
const age = (lane: Lane, id: string, ms: number) => redis.hset(`${prefix}:${lane}:${id}`, 'timestamp', Date.now() - ms);
/** Ends the delay of a job, before any worker has moved it. */
const makeDue = (lane: Lane, id: string) =>
  redis.zadd(`${prefix}:${lane}:delayed`, String((Date.now() - 60_000) * 0x1000), id);
const queueOf = (lane: Lane) => deliveryQueue.queues.filter((one) => one.lane === lane).map(({ queue }) => queue);
/** Runs a consumer until one job has failed. */
async function failOnce(): Promise<void> {
  const consuming = openRedis({ url, policy: 'consumer', onError: () => undefined });
  let failures = 0;
  const consumer = startConsumer({
    ...{ connection: consuming, prefix, lane: 'otp', concurrency: 1, closeMs: 7_000, onError: () => undefined },
    process: () => Promise.reject(new Error('no')),
    onFailed: () => (failures += 1),
  });
  await waitFor(() => failures > 0);
  await consumer.close();
  consuming.disconnect();
}

describe('oldestReadyMs', () => {
  it('is the age of the job that is next in line in that lane', async () => {
    await age('otp', await add(), HOUR_MS);
    await age('otp', await add(), 2 * HOUR_MS);
    await add('bulk');
    expect(await deliveryQueue.oldestReadyMs('otp')).toBeGreaterThanOrEqual(HOUR_MS);
    expect(await deliveryQueue.oldestReadyMs('otp')).toBeLessThan(2 * HOUR_MS);
    expect(await deliveryQueue.oldestReadyMs('bulk')).toBeLessThan(HOUR_MS);
    expect(await deliveryQueue.oldestReadyMs('notify')).toBe(0);
  });

  it('is 0 for a delayed job that is not due', async () => {
    await age('otp', await add('otp', HOUR_MS), HOUR_MS);
    expect(await deliveryQueue.oldestReadyMs('otp')).toBe(0);
  });

  it('counts a delayed job from the end of its delay, whether a worker has moved it or not', async () => {
    const id = await add('otp', HOUR_MS);
    await age('otp', id, HOUR_MS + 60_000);
    await makeDue('otp', id);
    expect(await deliveryQueue.oldestReadyMs('otp')).toBeGreaterThanOrEqual(60_000);
    const [queue] = queueOf('otp');
    await (await queue?.getJob(id))?.promote();
    expect(await queue?.getWaitingCount()).toBe(1);
    const ms = await deliveryQueue.oldestReadyMs('otp');
    expect(ms).toBeGreaterThanOrEqual(60_000);
    expect(ms).toBeLessThan(HOUR_MS);
  });

  it('is 0 for a job that failed until its backoff has ended', async () => {
    const id = await add('otp', HOUR_MS);
    await age('otp', id, 3 * HOUR_MS);
    await redis.hset(`${prefix}:otp:${id}`, 'processedOn', Date.now() - 2 * HOUR_MS);
    expect(await deliveryQueue.oldestReadyMs('otp')).toBe(0);
    await makeDue('otp', id);
    expect(await deliveryQueue.oldestReadyMs('otp')).toBeGreaterThanOrEqual(HOUR_MS);
  });

  it('counts a job that failed from its last try', async () => {
    const id = await add();
    await age('otp', id, HOUR_MS);
    await failOnce();
    await waitFor(async () => {
      await (await queueOf('otp')[0]?.getJob(id))?.promote().catch(() => undefined);
      return (await queueOf('otp')[0]?.getWaitingCount()) === 1;
    });
    expect(await deliveryQueue.oldestReadyMs('otp')).toBeLessThan(HOUR_MS);
  });

  it('counts a job with a priority', async () => {
    const id = await add();
    await (await queueOf('otp')[0]?.getJob(id))?.changePriority({ priority: 5 });
    await age('otp', id, HOUR_MS);
    expect(await deliveryQueue.oldestReadyMs('otp')).toBeGreaterThanOrEqual(HOUR_MS);
  });

  it('rejects while Redis is away, as countReady does', async () => {
    const lost = openRedis({
      url: 'redis://127.0.0.1:1',
      policy: 'producer',
      commandTimeoutMs: 200,
      onError: () => undefined,
    });
    const blind = createDeliveryQueue([{ connection: lost, prefix }], () => undefined, Date.now);
    await expect(blind.oldestReadyMs('otp')).rejects.toThrow();
    await expect(blind.countReady()).rejects.toThrow();
    await blind.close();
    lost.disconnect();
  });
});

describe('countReady', () => {
  it('counts the jobs of each lane, and delayed ones once they are due', async () => {
    for (const lane of LANES.slice(0, 2)) await add(lane);
    await add('otp');
    const later = await add('otp', HOUR_MS);
    expect(await deliveryQueue.countReady()).toEqual({ otp: 2, notify: 1, bulk: 0 });
    await makeDue('otp', later);
    expect(await deliveryQueue.countReady()).toEqual({ otp: 3, notify: 1, bulk: 0 });
  });

  it('counts none while the lane is paused; oldestReadyMs still tells their age', async () => {
    await age('otp', await add(), HOUR_MS);
    const [queue] = queueOf('otp');
    await queue?.pause();
    expect(await deliveryQueue.countReady()).toMatchObject({ otp: 0 });
    expect(await deliveryQueue.oldestReadyMs('otp')).toBeGreaterThanOrEqual(HOUR_MS);
    await queue?.resume();
    expect(await deliveryQueue.countReady()).toMatchObject({ otp: 1 });
  });
});
