import { LANES, type Lane } from '@ardor/domain/message/status';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import { waitFor } from '@ardor/runtime/wait-for';
import { createTestRedis } from '@ardor/testkit/fixtures';
import { startOwnRedis, type OwnRedis } from '@ardor/testkit/own-redis';
import { freePort } from '@ardor/testkit/free-port';
import { startTcpProxy, through, type TcpProxy } from '@ardor/testkit/tcp-proxy';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';

import type { Chunk } from './chunk.js';
import { createDeliveryQueue, type DeliveryQueue } from './delivery-queue.js';
import { openShards, shardOf, type OpenShards } from './shards.js';

const COUNT = 4;
const HOUR_MS = 3_600_000;
const nextId = createUuid7();
const { url, prefix, redis, clear } = createTestRedis();
const name = prefix.slice(1, -1);
const PREFIXES = [prefix, `{${name}:1}`, `{${name}:2}`, `{${name}:3}`];

let second: OwnRedis;
let proxy: TcpProxy;
let other: Redis;
let open: OpenShards;
let deliveryQueue: DeliveryQueue;
let errors: unknown[] = [];
beforeAll(async () => {
  second = await startOwnRedis();
  proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(second.url).port) });
  other = new Redis(second.url);
  open = openShards({
    ...{
      urls: [url, through(proxy, second.url)],
      count: COUNT,
      prefix,
      policy: 'producer' as const,
      commandTimeoutMs: 500,
    },
    onError: () => undefined,
  });
  deliveryQueue = createDeliveryQueue(open.shards, (error) => errors.push(error), Date.now);
  await Promise.all(deliveryQueue.queues.map(({ queue }) => queue.waitUntilReady()));
});
afterEach(async () => {
  proxy.hang(false);
  await waitFor(() => open.servers.every(({ status }) => status === 'ready'));
  await Promise.all(deliveryQueue.queues.map(({ queue }) => queue.obliterate({ force: true })));
  errors = [];
});
afterAll(async () => {
  await deliveryQueue.close();
  await open.disconnect();
  await proxy.close();
  await other.quit();
  await second.remove();
  await clear();
});

const chunkOf = (shard: number, lane: Lane = 'otp'): Chunk => {
  for (;;) {
    const id = nextId();
    if (shardOf(id, COUNT) === shard) return { chunkId: id, lane, ids: [id] };
  }
};
const oneOfEach = (): Chunk[] => PREFIXES.map((_, shard) => chunkOf(shard));
/** Shards 0 and 2 live on the first server, 1 and 3 on the second. */
const serverOf = (shard: number): Redis => (shard % 2 === 0 ? redis : other);
const holds = async ({ chunkId, lane }: Chunk, shard: number): Promise<boolean> =>
  (await serverOf(shard).exists(`${PREFIXES[shard]}:${lane}:${chunkId}`)) === 1;
const age = ({ chunkId, lane }: Chunk, shard: number, ms: number) =>
  serverOf(shard).hset(`${PREFIXES[shard]}:${lane}:${chunkId}`, 'timestamp', Date.now() - ms);

describe('four shards on two servers', () => {
  it('keep each chunk in its own shard, under its prefix and on its server, and add it once', async () => {
    const chunks = oneOfEach();
    await deliveryQueue.enqueue(chunks);
    for (const [shard, chunk] of chunks.entries()) expect(await holds(chunk, shard)).toBe(true);
    await deliveryQueue.enqueue(chunks.map((chunk) => ({ ...chunk, ids: [nextId()] })));
    const jobs = await Promise.all(deliveryQueue.queues.map(({ queue }) => queue.getWaiting()));
    expect(jobs.flat().map(({ data }) => data.ids)).toEqual(chunks.map(({ ids }) => ids));
  });

  it('requeue the chunks without a job', async () => {
    const [there, gone] = [oneOfEach(), oneOfEach()];
    await deliveryQueue.enqueue(there);
    expect(new Set(await deliveryQueue.requeue([...there, ...gone]))).toEqual(new Set(gone));
    for (const [shard, chunk] of gone.entries()) expect(await holds(chunk, shard)).toBe(true);
    expect(await deliveryQueue.requeue(gone)).toEqual([]);
  });

  it('add up their ready jobs, and tell the age of the oldest', async () => {
    const chunks = [...oneOfEach(), chunkOf(3, 'bulk')];
    await deliveryQueue.enqueue(chunks);
    for (const [shard, chunk] of chunks.slice(0, COUNT).entries()) await age(chunk, shard, HOUR_MS * (shard + 1));
    expect(await deliveryQueue.countReady()).toEqual({ otp: 4, notify: 0, bulk: 1 });
    expect(await deliveryQueue.oldestReadyMs('otp')).toBeGreaterThanOrEqual(HOUR_MS * COUNT);
    expect(await deliveryQueue.oldestReadyMs('notify')).toBe(0);
  });

  it('have a queue for each lane', () => {
    expect(deliveryQueue.queues.map(({ queue }) => queue.name)).toEqual(PREFIXES.flatMap(() => LANES));
  });
});

describe('while one server hangs', () => {
  it('enqueue adds what it can and rejects', async () => {
    const chunks = oneOfEach();
    proxy.hang(true);
    await expect(deliveryQueue.enqueue(chunks)).rejects.toThrow('Command timed out');
    for (const shard of [0, 2]) expect(await holds(chunks[shard] as Chunk, shard)).toBe(true);
    await expect(deliveryQueue.enqueue(chunks.filter((_, shard) => shard % 2 === 0))).resolves.toBeUndefined();
  });

  it('the other shards answer for themselves', async () => {
    const [there, gone] = [oneOfEach(), oneOfEach()];
    await deliveryQueue.enqueue(there);
    await age(there[0] as Chunk, 0, HOUR_MS);
    await age(there[1] as Chunk, 1, 2 * HOUR_MS);
    proxy.hang(true);
    expect(await deliveryQueue.requeue([...there, ...gone])).toEqual([gone[0], gone[2]]);
    expect(await deliveryQueue.requeue([gone[1] as Chunk])).toEqual([]);
    expect(await deliveryQueue.countReady()).toEqual({ otp: 4, notify: 0, bulk: 0 });
    const ms = await deliveryQueue.oldestReadyMs('otp');
    expect(ms).toBeGreaterThanOrEqual(HOUR_MS);
    expect(ms).toBeLessThan(2 * HOUR_MS);
    expect(errors).toHaveLength(4);
  });
});

describe('a server that was never up', () => {
  it('gets no jobs kept in memory, and takes part as soon as it is up', async () => {
    const late = await startOwnRedis();
    await late.stop();
    const opening = openShards({
      ...{
        urls: [url, late.url],
        count: COUNT,
        prefix: `{${name}-late}`,
        policy: 'producer' as const,
        commandTimeoutMs: 500,
      },
      onError: () => undefined,
    });
    const adding = createDeliveryQueue(opening.shards, () => undefined, Date.now);
    const chunks = oneOfEach();
    await expect(adding.enqueue(chunks)).rejects.toThrow('a server of the queue is unavailable');
    expect(await adding.requeue(chunks)).toEqual([]);
    await late.start();
    try {
      await waitFor(async () => {
        await adding.enqueue(chunks);
        return (await adding.requeue(chunks)).length === 0;
      });
    } finally {
      await adding.close();
      await opening.disconnect();
      await late.remove();
    }
  });

  it('makes every call reject when it is the only one', async () => {
    const nowhere = openShards({
      ...{
        urls: [`redis://127.0.0.1:${await freePort()}`],
        count: 2,
        prefix,
        policy: 'producer' as const,
        commandTimeoutMs: 500,
      },
      onError: () => undefined,
    });
    const blind = createDeliveryQueue(nowhere.shards, () => undefined, Date.now);
    await expect(blind.countReady()).rejects.toThrow();
    await expect(blind.oldestReadyMs('otp')).rejects.toThrow();
    await expect(blind.requeue([chunkOf(0), chunkOf(1)])).rejects.toThrow();
    await expect(blind.enqueue([chunkOf(0)])).rejects.toThrow('a server of the queue is unavailable');
    await blind.close();
    await nowhere.disconnect();
  });
});
