import { shardOf, shardPrefix } from '@ardor/queue/shards';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { request } from 'undici';
import { scriptedNumber, send } from '@ardor/testkit/api';
import { waitFor } from '@ardor/runtime/wait-for';
import { redisUrl } from '@ardor/testkit/fixtures';
import { startOwnRedis, type OwnRedis } from '@ardor/testkit/own-redis';
import { type Service, startService } from '@ardor/devstack/service';
import { startStack, type Stack } from './stack.js';

const SHARDS = 4;
const MESSAGES = 300;
/** Few in flight make small jobs, which spread a few hundred messages over all shards. */
const AT_ONCE = 4;
/** Recovery is fast, so that tests need not wait. */
const ENV = { QUEUE_SHARDS: String(SHARDS), REQUEUE_AFTER_MS: '1000', LOG_LEVEL: 'warn' };

let numbers = 0;
/** Sends to new numbers; each send must be accepted. */
async function sendMany(stack: Stack, count: number): Promise<void> {
  let left = count;
  const runner = async (): Promise<void> => {
    while (left-- > 0) {
      const { status, body } = await send(stack.apis[0] ?? '', scriptedNumber(0, numbers++));
      expect({ status, reason: body['reason'] }).toEqual({ status: 200, reason: undefined });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runner));
}

interface Row {
  readonly status: string;
  readonly chunk_id: string;
}
/** Messages that are not delivered, without the sample that is there from the start. */
const open = async ({ db }: Stack): Promise<Row[]> =>
  db.query<Row>(`SELECT status, chunk_id FROM messages WHERE status <> 'delivered'`);
const ledger = async ({ simulator }: Stack) =>
  (await (await request(`${simulator}/ledger`)).body.json()) as { taken: number; duplicates: string[] };
const jobs = async ({ redis }: Stack, server: Redis, shard: number): Promise<number> =>
  server.llen(`${shardPrefix(redis.prefix, shard)}:otp:wait`);

describe('four shards on two servers', () => {
  let second: OwnRedis;
  let stack: Stack;
  beforeAll(async () => {
    second = await startOwnRedis();
    stack = await startStack({ env: { ...ENV, REDIS_URL: `${redisUrl()},${second.url}` } });
  });
  afterAll(async () => {
    await stack.close();
    await second.remove();
  });
  const health = async (page: 'healthz' | 'readyz') => fetch(`${stack.ops[1]}/${page}`);

  it('bring every message once, by way of both servers', async () => {
    await sendMany(stack, MESSAGES);
    await waitFor(async () => (await open(stack)).length === 0);
    expect(await ledger(stack)).toMatchObject({ taken: MESSAGES, duplicates: [] });
    const servers = [stack.redis.redis, new Redis(second.url)];
    for (let shard = 0; shard < SHARDS; shard++) {
      const events = `${shardPrefix(stack.redis.prefix, shard)}:otp:events`;
      expect(await servers[shard % 2]?.xlen(events)).toBeGreaterThan(0);
      expect(await servers[(shard + 1) % 2]?.exists(events)).toBe(0);
    }
    await servers[1]?.quit();
  });

  it('go on while one server is away, and bring what was its when it is back', async () => {
    await second.stop();
    await sendMany(stack, MESSAGES);
    const ofFirst = async (): Promise<Row[]> =>
      (await open(stack)).filter(({ chunk_id: id }) => shardOf(id, SHARDS) % 2 === 0);
    await waitFor(async () => (await ofFirst()).length === 0);
    expect((await open(stack)).length).toBeGreaterThan(0);
    expect((await health('healthz')).status).toBe(200);
    const ready = await health('readyz');
    expect({ status: ready.status, body: await ready.json() }).toMatchObject({
      status: 503,
      body: {
        checks: { database: 'ok', queue_server_0: 'ok', queue_server_1: expect.stringMatching(/failed|timeout/) },
      },
    });
    await second.start();
    await waitFor(async () => (await open(stack)).length === 0, { withinMs: 40_000 });
    await waitFor(async () => (await health('readyz')).status === 200);
    expect(await ledger(stack)).toMatchObject({ taken: 2 * MESSAGES, duplicates: [] });
  });
});

describe('another number of shards', () => {
  it('leaves jobs behind that recovery adds again where they are read; what is found twice is sent once', async () => {
    const stack = await startStack({ workers: 0, env: ENV });
    const started: Service[] = [];
    const startWorker = async (shards: number): Promise<Service> => {
      const worker = await startService({ name: 'worker', env: { ...stack.env, QUEUE_SHARDS: String(shards) } });
      started.push(worker);
      return worker;
    };
    try {
      await sendMany(stack, MESSAGES);
      const server = stack.redis.redis;
      const left = async (): Promise<number[]> =>
        Promise.all(Array.from({ length: SHARDS }, (_, shard) => jobs(stack, server, shard)));
      const chunks = new Set((await open(stack)).map(({ chunk_id }) => chunk_id)).size;
      // Jobs are added after the response, so the last ones may still be on their way.
      const before = await waitFor(async () => {
        const found = await left();
        return found.reduce((sum, count) => sum + count, 0) === chunks && found;
      });
      expect(before.every((count) => count > 0)).toBe(true);
      const one = await startWorker(1);
      await waitFor(async () => (await open(stack)).length === 0);
      expect(await left()).toEqual([0, ...before.slice(1)]);
      expect(await one.stop()).toMatchObject({ code: 0 });
      // The jobs that nobody read are read now, and find nothing to claim.
      const four = await startWorker(SHARDS);
      await waitFor(async () => (await left()).every((count) => count === 0));
      expect(await four.stop()).toMatchObject({ code: 0 });
      expect(await ledger(stack)).toMatchObject({ taken: MESSAGES, duplicates: [] });
    } finally {
      // A worker that a failed test leaves running would keep Jest from its end.
      await Promise.all(started.map((worker) => worker.stop()));
      await stack.close();
    }
  });
});
