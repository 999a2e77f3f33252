import { LANES, type Lane } from '@ardor/domain/message/status';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import { openRedis } from '@ardor/runtime/redis/open-redis';
import { createDeliveryQueue } from '@ardor/queue/delivery-queue';
import { shardPrefix } from '@ardor/queue/shards';
import { waitFor } from '@ardor/runtime/wait-for';
import { createTestRedis } from '@ardor/testkit/fixtures';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { shareOf, startLanes, redactJobErrors, type LanesOptions } from './start-lanes.js';

const CANARY = 'canary +8613800138000 code 471135';
const nextId = createUuid7();
const { url, prefix, redis, clear } = createTestRedis();
const producing = openRedis({ url, policy: 'producer', commandTimeoutMs: 2_000, onError: () => undefined });
const consuming = openRedis({ url, policy: 'consumer', onError: () => undefined });
const deliveryQueue = createDeliveryQueue([{ connection: producing, prefix }], () => undefined, Date.now);

const running: { close(): Promise<void> }[] = [];
function start(options: Partial<LanesOptions> & Pick<LanesOptions, 'process'>): void {
  const concurrency = { otp: 1, notify: 1, bulk: 1 };
  const shards = [{ connection: consuming, prefix }];
  const defaults = { shards, concurrency, closeMs: 5_000, onError: () => undefined, onFailed: () => undefined };
  running.push(startLanes({ ...defaults, ...options }));
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((lanes) => lanes.close()));
  await Promise.all(deliveryQueue.queues.map(({ queue }) => queue.obliterate({ force: true })));
});
afterAll(async () => {
  await deliveryQueue.close();
  producing.disconnect();
  consuming.disconnect();
  await clear();
});

async function added(lane: Lane): Promise<string> {
  const id = nextId();
  await deliveryQueue.enqueue([{ chunkId: id, lane, ids: [id] }]);
  return id;
}

/** Everything that is in Redis under the prefix, as text. */
async function dump(): Promise<string> {
  const parts: string[] = [];
  for (const key of await redis.keys(`${prefix}*`)) {
    const reads: Record<string, () => Promise<unknown>> = {
      string: () => redis.get(key),
      hash: () => redis.hgetall(key),
      list: () => redis.lrange(key, 0, -1),
      set: () => redis.smembers(key),
      zset: () => redis.zrange(key, '0', '-1', 'WITHSCORES'),
      stream: () => redis.xrange(key, '-', '+'),
    };
    const type = await redis.type(key);
    // A job may end between the two commands.
    if (type === 'none') continue;
    const read = reads[type];
    if (!read) throw new Error(`a key of type ${type}`);
    parts.push(key, JSON.stringify(await read()));
  }
  return parts.join('\n');
}

describe('the lanes', () => {
  it('are all served', async () => {
    const seen: string[] = [];
    start({ process: (ids) => Promise.resolve(void seen.push(...ids)) });
    const ids = await Promise.all(LANES.map(added));
    await waitFor(() => seen.length === 3);
    expect(seen.sort()).toEqual(ids.sort());
  });

  it('take no turn from one another', async () => {
    const urgent: string[] = [];
    let pass: (() => void) | undefined;
    const slow = new Promise<void>((resolve) => (pass = resolve));
    const held = new Set<string>();
    start({ process: ([id = '']) => (held.has(id) ? slow : Promise.resolve(void urgent.push(id))) });
    for (let count = 0; count < 5; count++) held.add(await added('bulk'));
    const id = await added('otp');
    await waitFor(() => urgent.includes(id));
    pass?.();
  });
});

describe('the shards of a lane', () => {
  const shards = [0, 1, 2].map((n) => ({ connection: producing, prefix: shardPrefix(prefix, n) }));

  it('are all served, each with its share of the lane’s concurrency', async () => {
    const sharded = createDeliveryQueue(shards, () => undefined, Date.now);
    let open = 0;
    let done = 0;
    const gates: (() => void)[] = [];
    start({
      shards: shards.map((shard) => ({ ...shard, connection: consuming })),
      concurrency: { otp: 6, notify: 1, bulk: 1 },
      process: async () => {
        open++;
        await new Promise<void>((resolve) => gates.push(resolve));
        open--;
        done++;
      },
    });
    const ids = Array.from({ length: 60 }, nextId);
    await sharded.enqueue(ids.map((id) => ({ chunkId: id, lane: 'otp' as const, ids: [id] })));
    let most = 0;
    await waitFor(() => open === 6);
    await waitFor(() => {
      most = Math.max(most, open);
      gates.splice(0).forEach((pass) => pass());
      return done === ids.length;
    });
    expect(most).toBe(6);
    await sharded.close();
  });

  it.each([
    [64, 1, 64],
    [64, 4, 16],
    [16, 3, 6],
    [16, 16, 1],
    [16, 17, 1],
    [1, 64, 1],
  ])('share %d over %d: %d each, and none goes without', (concurrency, count, share) => {
    expect(shareOf(concurrency, count)).toBe(share);
  });
});

describe('a chunk that fails', () => {
  it('leaves no word of its error in Redis, while it is tried again and after', async () => {
    const logged: unknown[] = [];
    const failed: unknown[] = [];
    const cause = new Error(CANARY, { cause: new Error(CANARY) });
    start({
      process: redactJobErrors(
        () => Promise.reject(cause),
        (error, count) => logged.push([error, count]),
      ),
      onFailed: (_, error) => failed.push(error),
    });
    const id = await added('otp');
    await waitFor(async () => (await redis.hget(`${prefix}:otp:${id}`, 'failedReason')) !== null);
    const during = await dump();
    expect(during).toContain(id);
    expect(during).toContain('the chunk failed and will be tried again');
    expect(during).not.toContain('canary');
    expect(during).not.toContain('471135');
    await waitFor(async () => logged.length === 5 && !(await redis.exists(`${prefix}:otp:${id}`)));
    expect(await dump()).not.toContain('canary');
    expect(logged).toEqual(Array(5).fill([cause, 1]));
    expect(JSON.stringify(failed.map((error) => [String(error), (error as Error).cause]))).not.toContain('canary');
  });

  it('would leave it there without this', async () => {
    start({ process: () => Promise.reject(new Error(CANARY)) });
    await added('otp');
    await waitFor(async () => (await dump()).includes('canary'));
  });

  it('is no failure where it succeeds', async () => {
    await expect(
      redactJobErrors(
        () => Promise.resolve(),
        () => undefined,
      )([nextId()]),
    ).resolves.toBeUndefined();
  });
});
