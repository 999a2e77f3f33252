import { LANES, type Lane } from '@ardor/domain/message/status';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import { waitFor } from '@ardor/runtime/wait-for';
import { createTestRedis } from '@ardor/testkit/fixtures';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { openQueueConnection } from './connection.js';
import { startConsumer } from './consumer.js';
import { createProducer } from './producer.js';

const HOUR_MS = 3_600_000;

const { url, prefix, redis, clear } = createTestRedis();
const connection = openQueueConnection({ url, commandTimeoutMs: 2_000, onError: () => undefined });
const producer = createProducer(connection, prefix, () => undefined);
const nextId = createUuid7();

afterEach(async () => {
  await Promise.all(producer.queues.map((queue) => queue.obliterate({ force: true })));
});
afterAll(async () => {
  await producer.close();
  connection.disconnect();
  await clear();
});

async function add(lane: Lane = 'otp', delayMs = 0): Promise<string> {
  const id = nextId();
  await producer.add([{ chunkId: id, lane, ids: [id], delayMs }]);
  return id;
}
/** As if the job had been added so long ago. */
const age = (lane: Lane, id: string, ms: number) => redis.hset(`${prefix}:${lane}:${id}`, 'timestamp', Date.now() - ms);
const queueOf = (lane: Lane) => producer.queues.filter(({ name }) => name === lane);
/** Runs a consumer until it has failed its first job. */
async function failOnce(): Promise<void> {
  const consuming = openQueueConnection({ url, onError: () => undefined });
  let failures = 0;
  const consumer = startConsumer({
    ...{ connection: consuming, prefix, lane: 'otp', concurrency: 1, onError: () => undefined },
    process: () => Promise.reject(new Error('no')),
    onFailed: () => (failures += 1),
  });
  await waitFor(() => failures > 0);
  await consumer.close();
  consuming.disconnect();
}

describe('the age of a lane', () => {
  it('is that of the job next in line, and of no other lane', async () => {
    await age('otp', await add(), HOUR_MS);
    await age('otp', await add(), 2 * HOUR_MS);
    await add('bulk');
    expect(await producer.oldestWaitingMs('otp')).toBeGreaterThanOrEqual(HOUR_MS);
    expect(await producer.oldestWaitingMs('otp')).toBeLessThan(2 * HOUR_MS);
    expect(await producer.oldestWaitingMs('bulk')).toBeLessThan(HOUR_MS);
    expect(await producer.oldestWaitingMs('notify')).toBe(0);
  });

  it('does not count a job that is held back', async () => {
    await age('otp', await add('otp', HOUR_MS), HOUR_MS);
    expect(await producer.oldestWaitingMs('otp')).toBe(0);
  });

  it('counts a job that was held back from the end of its delay, taken up by the queue or not', async () => {
    const id = await add('otp', HOUR_MS);
    await redis.zadd(`${prefix}:otp:delayed`, String((Date.now() - 60_000) * 0x1000), id);
    expect(await producer.oldestWaitingMs('otp')).toBeGreaterThanOrEqual(60_000);
    await age('otp', id, HOUR_MS + 60_000);
    const [queue] = queueOf('otp');
    await (await queue?.getJob(id))?.promote();
    expect(await queue?.getWaitingCount()).toBe(1);
    const ms = await producer.oldestWaitingMs('otp');
    expect(ms).toBeGreaterThanOrEqual(60_000);
    expect(ms).toBeLessThan(HOUR_MS);
  });

  it('counts a job that was tried before from its last try', async () => {
    const id = await add();
    await age('otp', id, HOUR_MS);
    await failOnce();
    await waitFor(async () => {
      await (await queueOf('otp')[0]?.getJob(id))?.promote().catch(() => undefined);
      return (await queueOf('otp')[0]?.getWaitingCount()) === 1;
    });
    expect(await producer.oldestWaitingMs('otp')).toBeLessThan(HOUR_MS);
  });

  it('counts a prioritized job', async () => {
    const id = await add();
    await (await queueOf('otp')[0]?.getJob(id))?.changePriority({ priority: 5 });
    await age('otp', id, HOUR_MS);
    expect(await producer.oldestWaitingMs('otp')).toBeGreaterThanOrEqual(HOUR_MS);
  });

  it('is not known where Redis is away', async () => {
    const lost = openQueueConnection({ url: 'redis://127.0.0.1:1', commandTimeoutMs: 200, onError: () => undefined });
    const blind = createProducer(lost, prefix, () => undefined);
    await expect(blind.oldestWaitingMs('otp')).rejects.toThrow();
    await expect(blind.waiting()).rejects.toThrow();
    await blind.close();
    lost.disconnect();
  });
});

describe('the jobs that wait', () => {
  it('are counted by lane, without those that are held back', async () => {
    for (const lane of LANES.slice(0, 2)) await add(lane);
    await add('otp');
    await add('otp', HOUR_MS);
    expect(await producer.waiting()).toEqual({ otp: 2, notify: 1, bulk: 0 });
  });

  it('are none for a worker where the lane is paused, but their age stands', async () => {
    await age('otp', await add(), HOUR_MS);
    const [queue] = queueOf('otp');
    await queue?.pause();
    expect(await producer.waiting()).toMatchObject({ otp: 0 });
    expect(await producer.oldestWaitingMs('otp')).toBeGreaterThanOrEqual(HOUR_MS);
    await queue?.resume();
    expect(await producer.waiting()).toMatchObject({ otp: 1 });
  });
});
