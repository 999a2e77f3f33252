import { LANES, type Lane } from '@ardor/domain/message/status';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import { waitFor } from '@ardor/runtime/wait-for';
import { createTestRedis } from '@ardor/testkit/fixtures';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { openQueueConnection } from './connection.js';
import { startConsumer } from './consumer.js';
import { createProducer, type Chunk, type Producer } from './producer.js';

const { url, prefix, redis, clear } = createTestRedis();
const errors: unknown[] = [];
const connection = openQueueConnection({ url, commandTimeoutMs: 2_000, onError: (error) => errors.push(error) });
const producer: Producer = createProducer(connection, prefix, (error) => errors.push(error));
const nextId = createUuid7();

afterEach(async () => {
  await Promise.all(producer.queues.map((queue) => queue.obliterate({ force: true })));
});
afterAll(async () => {
  await producer.close();
  connection.disconnect();
  await clear();
  expect(errors).toEqual([]);
});

const chunk = (lane: Lane = 'otp', fields: Partial<Chunk> = {}): Chunk => {
  const id = nextId();
  return { chunkId: id, lane, ids: [id], ...fields };
};
const queueOf = (lane: Lane) => {
  const queue = producer.queues.find(({ name }) => name === lane);
  if (!queue) throw new Error(`no queue ${lane}`);
  return queue;
};
const waiting = async (lane: Lane): Promise<string[]> => (await queueOf(lane).getWaiting()).map(({ id }) => id ?? '');

describe('adding chunks', () => {
  it('makes one job of each, named by its chunk', async () => {
    const chunks = [chunk(), chunk()];
    await producer.add(chunks);
    expect((await waiting('otp')).sort()).toEqual(chunks.map(({ chunkId }) => chunkId).sort());
  });

  it('does nothing for a chunk whose job is still there', async () => {
    const one = chunk();
    await producer.add([one]);
    await producer.add([one, one]);
    await producer.add([{ ...one, ids: [...one.ids, nextId()] }]);
    expect(await waiting('otp')).toEqual([one.chunkId]);
    expect((await queueOf('otp').getJob(one.chunkId))?.data.ids).toEqual(one.ids);
  });

  it('does nothing for a chunk whose job waits for its time', async () => {
    const one = chunk();
    await producer.add([{ ...one, delayMs: 60_000 }]);
    await producer.add([one]);
    expect(await queueOf('otp').getJobCounts('waiting', 'delayed')).toEqual({ waiting: 0, delayed: 1 });
  });

  it('takes a chunk again once its job is done', async () => {
    const one = chunk();
    const seen: string[] = [];
    const consuming = openQueueConnection({ url, onError: (error) => errors.push(error) });
    const consumer = startConsumer({
      ...{ connection: consuming, prefix, lane: 'otp', concurrency: 1 },
      process: (ids) => Promise.resolve(void seen.push(...ids)),
      onError: (error) => errors.push(error),
      onFailed: (_, error) => errors.push(error),
    });
    try {
      for (const times of [1, 2]) {
        await producer.add([one]);
        await waitFor(async () => seen.length === times && !(await queueOf('otp').getJob(one.chunkId)));
      }
    } finally {
      await consumer.close();
      consuming.disconnect();
    }
  });

  it('holds a chunk back for its delay', async () => {
    const one = chunk('notify', { delayMs: 60_000 });
    await producer.add([one]);
    expect(await waiting('notify')).toEqual([]);
    expect(await queueOf('notify').getDelayed()).toMatchObject([{ id: one.chunkId, delay: 60_000 }]);
  });

  it('keeps the lanes apart', async () => {
    const chunks = LANES.map((lane) => chunk(lane));
    await producer.add(chunks);
    for (const { chunkId, lane } of chunks) expect(await waiting(lane)).toEqual([chunkId]);
  });

  it('writes to Redis a version, ids and nothing else', async () => {
    const one = chunk('bulk', { ids: [nextId(), nextId()] });
    await producer.add([one]);
    const data = await redis.hget(`${prefix}:bulk:${one.chunkId}`, 'data');
    expect(JSON.parse(data ?? '')).toEqual({ v: 1, ids: one.ids });
  });

  it('of none asks nobody', async () => {
    await producer.add([]);
    for (const lane of LANES) expect(await waiting(lane)).toEqual([]);
  });
});
