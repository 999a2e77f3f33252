import { LANES, type Lane } from '@ardor/domain/message/status';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import { waitFor } from '@ardor/runtime/wait-for';
import { createTestRedis } from '@ardor/testkit/fixtures';
import { startOwnRedis, type OwnRedis } from '@ardor/testkit/own-redis';
import { freePort } from '@ardor/testkit/free-port';
import { startTcpProxy, type TcpProxy } from '@ardor/testkit/tcp-proxy';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { openShards, type OpenShards } from './open-shards.js';
import type { Chunk, Producer } from './producer.js';
import { shardOf } from './shard.js';
import { createShardedProducer } from './sharded-producer.js';

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
let producer: Producer;
let errors: unknown[] = [];
beforeAll(async () => {
  second = await startOwnRedis();
  proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(second.url).port) });
  other = new Redis(second.url);
  open = openShards({
    ...{ urls: [url, `redis://127.0.0.1:${proxy.port}`], count: COUNT, prefix, commandTimeoutMs: 500 },
    onError: () => undefined,
  });
  producer = createShardedProducer(open.shards, (error) => errors.push(error));
  await Promise.all(producer.queues.map((queue) => queue.waitUntilReady()));
});
afterEach(async () => {
  proxy.hang(false);
  await waitFor(() => open.servers.every(({ status }) => status === 'ready'));
  await Promise.all(producer.queues.map((queue) => queue.obliterate({ force: true })));
  errors = [];
});
afterAll(async () => {
  await producer.close();
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
  it('have each chunk in its own, under its prefix and on its server, and adding it again does nothing', async () => {
    const chunks = oneOfEach();
    await producer.add(chunks);
    for (const [shard, chunk] of chunks.entries()) expect(await holds(chunk, shard)).toBe(true);
    await producer.add(chunks.map((chunk) => ({ ...chunk, ids: [nextId()] })));
    const jobs = await Promise.all(producer.queues.map((queue) => queue.getWaiting()));
    expect(jobs.flat().map(({ data }) => data.ids)).toEqual(chunks.map(({ ids }) => ids));
  });

  it('tell which chunks have no job', async () => {
    const [there, gone] = [oneOfEach(), oneOfEach()];
    await producer.add(there);
    const missing = await producer.missing([...there, ...gone]);
    expect(new Set(missing)).toEqual(new Set(gone));
  });

  it('are counted together, and as old as the oldest', async () => {
    const chunks = [...oneOfEach(), chunkOf(3, 'bulk')];
    await producer.add(chunks);
    for (const [shard, chunk] of chunks.slice(0, COUNT).entries()) await age(chunk, shard, HOUR_MS * (shard + 1));
    expect(await producer.waiting()).toEqual({ otp: 4, notify: 0, bulk: 1 });
    expect(await producer.oldestWaitingMs('otp')).toBeGreaterThanOrEqual(HOUR_MS * COUNT);
    expect(await producer.oldestWaitingMs('notify')).toBe(0);
  });

  it('have a queue for each lane', () => {
    expect(producer.queues.map((queue) => queue.name)).toEqual(PREFIXES.flatMap(() => LANES));
  });
});

describe('while one of the servers hangs', () => {
  it('what can be added is added, and the caller hears of the rest', async () => {
    const chunks = oneOfEach();
    proxy.hang(true);
    await expect(producer.add(chunks)).rejects.toThrow('Command timed out');
    for (const shard of [0, 2]) expect(await holds(chunks[shard] as Chunk, shard)).toBe(true);
    await expect(producer.add(chunks.filter((_, shard) => shard % 2 === 0))).resolves.toBeUndefined();
  });

  it('the others tell what they miss, and what waits in them', async () => {
    const [there, gone] = [oneOfEach(), oneOfEach()];
    await producer.add(there);
    await age(there[0] as Chunk, 0, HOUR_MS);
    await age(there[1] as Chunk, 1, 2 * HOUR_MS);
    proxy.hang(true);
    expect(await producer.missing([...there, ...gone])).toEqual([gone[0], gone[2]]);
    expect(await producer.missing([gone[1] as Chunk])).toEqual([]);
    expect(await producer.waiting()).toEqual({ otp: 2, notify: 0, bulk: 0 });
    const ms = await producer.oldestWaitingMs('otp');
    expect(ms).toBeGreaterThanOrEqual(HOUR_MS);
    expect(ms).toBeLessThan(2 * HOUR_MS);
    expect(errors).toHaveLength(4);
  });
});

describe('a server that nobody has seen yet', () => {
  it('has nothing kept in memory for it, and takes part from its first moment', async () => {
    const late = await startOwnRedis();
    await late.stop();
    const opening = openShards({
      ...{ urls: [url, late.url], count: COUNT, prefix: `{${name}-late}`, commandTimeoutMs: 500 },
      onError: () => undefined,
    });
    const adding = createShardedProducer(opening.shards, () => undefined);
    const chunks = oneOfEach();
    await expect(adding.add(chunks)).rejects.toThrow('a server of the queue is away');
    expect(await adding.missing(chunks)).toEqual([]);
    await late.start();
    try {
      await waitFor(async () => {
        await adding.add(chunks);
        return (await adding.missing(chunks)).length === 0;
      });
    } finally {
      await adding.close();
      await opening.disconnect();
      await late.remove();
    }
  });

  it('alone is a queue that cannot tell anything', async () => {
    const nowhere = openShards({
      ...{ urls: [`redis://127.0.0.1:${await freePort()}`], count: 2, prefix, commandTimeoutMs: 500 },
      onError: () => undefined,
    });
    const blind = createShardedProducer(nowhere.shards, () => undefined);
    await expect(blind.waiting()).rejects.toThrow();
    await expect(blind.oldestWaitingMs('otp')).rejects.toThrow();
    await expect(blind.missing([chunkOf(0), chunkOf(1)])).rejects.toThrow();
    await expect(blind.add([chunkOf(0)])).rejects.toThrow('a server of the queue is away');
    await blind.close();
    await nowhere.disconnect();
  });
});
