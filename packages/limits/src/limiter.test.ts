import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '@ardor/local-stack/redis';
import { TOOLS } from '@ardor/testkit/places';
import { Redis } from 'ioredis';
import { createTestRedis } from '@ardor/testkit/fixtures';
import { eventually } from '@ardor/testkit/eventually';
import { startTcpProxy } from '@ardor/testkit/tcp-proxy';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openLimiterConnection } from './connection.js';
import { createLimiter, type Grant, type Limiter, type LimiterOptions, type Slot } from './limiter.js';

const { url, prefix, redis, clear } = createTestRedis();
const connection = openLimiterConnection({ url, timeoutMs: 1_000, onError: () => undefined });
beforeAll(() => eventually(() => connection.status === 'ready'));
afterAll(async () => {
  connection.disconnect();
  await clear();
});

const slot = (phoneMac: Uint8Array = randomBytes(16)): Slot => ({ phoneMac });
let spaces = 0;

interface Warmed extends Omit<Limiter, 'takeSends'> {
  /** By a holder of the call's own unless one is given. */
  takeSends(slots: readonly Slot[], holder?: string): Promise<readonly Grant[]>;
}

/** What a refill does, without slots to put back. */
async function declare(own: Limiter, epoch: string): Promise<void> {
  await own.warm.tryLock(epoch, 5_000);
  expect(await own.warm.declare(await own.warm.runId(), epoch)).toBe(true);
}

/** A limiter whose slots are declared to be complete. */
async function warmed(options: LimiterOptions): Promise<Warmed> {
  const own = createLimiter(options);
  await declare(own, 'e1');
  const takeSends = async (slots: readonly Slot[], holder: string = randomUUID()): Promise<readonly Grant[]> => {
    const taken = await own.takeSends(slots, holder);
    if (taken.kind === 'cold') throw new Error('cold');
    return taken.grants;
  };
  return { ...own, takeSends };
}

/** Each limiter has windows of its own. */
function limiter(
  limits: Partial<{ numberSeconds: number; sendsPerSecond: number; queriesPerSecond: number }> = {},
): Promise<Warmed> {
  const own = `${prefix}:${spaces++}:`;
  return warmed({
    redis: connection,
    prefix: own,
    numberSeconds: 60,
    sendsPerSecond: 1_000,
    queriesPerSecond: 1_000,
    ...limits,
  });
}

it.each([15, 17])('a MAC of %d bytes is refused before Redis is asked', async (bytes) => {
  const { takeSends } = await limiter();
  await expect(takeSends([slot(), slot(randomBytes(bytes))])).rejects.toThrow(RangeError);
});

describe('the slot of a number', () => {
  it('is taken once, and tells how long it is taken', async () => {
    const { takeSends } = await limiter();
    const first = slot();
    const [won, lost, other] = await takeSends([first, slot(first.phoneMac), slot()]);
    expect(won).toEqual({ kind: 'granted' });
    expect(lost).toEqual({ kind: 'number_limited', retryAfterMs: expect.any(Number) });
    expect(other).toEqual({ kind: 'granted' });
    const retryAfterMs = lost?.kind === 'number_limited' ? lost.retryAfterMs : 0;
    expect(retryAfterMs).toBeGreaterThan(59_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it('is free again after its time, and not before', async () => {
    const { takeSends } = await limiter({ numberSeconds: 1 });
    const first = slot();
    await takeSends([first]);
    const takenAt = performance.now();
    const again = await eventually(async () => {
      const [grant] = await takeSends([slot(first.phoneMac)]);
      return grant?.kind === 'granted' && performance.now() - takenAt;
    });
    expect(again).toBeGreaterThanOrEqual(990);
  });

  it('is mine already when my own call is repeated, and counts once', async () => {
    const { takeSends } = await limiter({ sendsPerSecond: 2 });
    const [mine, taken] = [slot(), slot()];
    await takeSends([taken]);
    const call = [mine, mine, taken];
    const kinds = async () => (await takeSends(call, 'me')).map(({ kind }) => kind);
    expect(await kinds()).toEqual(['granted', 'number_limited', 'number_limited']);
    expect(await kinds()).toEqual(['granted', 'number_limited', 'number_limited']);
    expect(await redis.hget(`${prefix}:${spaces - 1}:sends`, 'n')).toBe('2');
  });

  it('is given back by its holder only', async () => {
    const { takeSends, release } = await limiter();
    const mine = slot();
    await takeSends([mine], 'me');
    await release([mine], 'another');
    expect((await takeSends([mine]))[0]?.kind).toBe('number_limited');
    await release([mine], 'me');
    expect((await takeSends([mine]))[0]?.kind).toBe('granted');
  });

  it('is given back also when it has grown old', async () => {
    const { takeSends, release } = await limiter({ numberSeconds: 2 });
    const mine = slot();
    await takeSends([mine], 'me');
    await takeSends([slot()]);
    expect(await redis.hexists(`${prefix}:${spaces - 1}:slots:older`, Buffer.from(mine.phoneMac))).toBe(1);
    await release([mine], 'me');
    expect((await takeSends([mine]))[0]?.kind).toBe('granted');
  });

  it('is one of thousands in a call, wherever it stands', async () => {
    const { takeSends, release } = await limiter({ sendsPerSecond: 10_000 });
    const many = Array.from({ length: 2_500 }, () => slot());
    const [first = slot(), last = slot()] = [many[0], many.at(-1)];
    const grants = await takeSends([...many, first, last], 'me');
    expect(grants.filter(({ kind }) => kind === 'granted')).toHaveLength(2_500);
    expect(grants.slice(2_500).map(({ kind }) => kind)).toEqual(['number_limited', 'number_limited']);
    expect((await takeSends([last, first])).map(({ kind }) => kind)).toEqual(['number_limited', 'number_limited']);
    await release(many, 'me');
    expect((await takeSends(many)).filter(({ kind }) => kind === 'granted')).toHaveLength(2_500);
  });

  it('ends no sooner and no later than its own life, while others come and go', async () => {
    const lifeMs = 1_000;
    const { takeSends } = await limiter({ numberSeconds: lifeMs / 1_000 });
    const takenBefore = new Map<Slot, number>();
    const until = performance.now() + 4 * lifeMs;
    const lives: number[] = [];
    while (performance.now() < until) {
      const fresh = slot();
      const asked = [...takenBefore.keys(), fresh];
      const sentAt = performance.now();
      const grants = await takeSends(asked);
      const answeredAt = performance.now();
      asked.forEach((one, index) => {
        if (grants[index]?.kind !== 'granted') return;
        const since = takenBefore.get(one);
        // Between the answer that gave it and the question that got it again lies no more than its life.
        if (since !== undefined) lives.push(answeredAt - since);
        takenBefore.set(one, sentAt);
      });
    }
    expect(lives.length).toBeGreaterThan(10);
    expect(Math.min(...lives)).toBeGreaterThanOrEqual(lifeMs - 1);
  });

  it('goes away with the hash that it is in, also when nobody asks any more', async () => {
    const { takeSends } = await limiter({ numberSeconds: 1 });
    const own = `${prefix}:${spaces - 1}:slots`;
    const [first, second, third] = [slot(), slot(), slot()];
    await takeSends([first]);
    await takeSends([second]);
    expect([await redis.hlen(`${own}:older`), await redis.hlen(own)]).toEqual([2, 2]);
    await eventually(async () => (await takeSends([first]))[0]?.kind === 'granted');
    await eventually(async () => {
      await takeSends([third]);
      return (await redis.hexists(`${own}:older`, Buffer.from(second.phoneMac))) === 0;
    });
    for (const key of [own, `${own}:older`]) {
      const leftMs = await redis.pttl(key);
      if (await redis.exists(key)) expect(leftMs).toBeGreaterThan(0);
      expect(leftMs).toBeLessThanOrEqual(61_000);
    }
  });

  it('lasts as long as it was given, whatever life others give theirs', async () => {
    const redisPrefix = `${prefix}:${spaces++}:`;
    const options = { redis: connection, prefix: redisPrefix, sendsPerSecond: 1_000, queriesPerSecond: 1_000 };
    const [long, short] = [
      await warmed({ ...options, numberSeconds: 60 }),
      createLimiter({ ...options, numberSeconds: 1 }),
    ];
    const [first, kept, brief] = [slot(), slot(), slot()];
    // The hash in which the first is ends soon; the one in which the others are must last as long as the longest.
    await short.takeSends([first], 'first');
    await long.takeSends([kept]);
    await short.takeSends([brief], 'brief');
    for (const holder of ['second', 'third']) {
      await eventually(async () => {
        const taken = await short.takeSends([brief], holder);
        return taken.kind === 'warm' && taken.grants[0]?.kind === 'granted';
      });
    }
    expect((await long.takeSends([kept]))[0]?.kind).toBe('number_limited');
  });

  it('is not lost by the caller that won it when the reply is lost', async () => {
    const target = new URL(url);
    const proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port) });
    const flaky = openLimiterConnection({
      url: `redis://127.0.0.1:${proxy.port}`,
      timeoutMs: 300,
      onError: () => undefined,
    });
    try {
      await eventually(() => flaky.status === 'ready');
      const own = await warmed({
        redis: flaky,
        prefix: `${prefix}:flaky:`,
        numberSeconds: 60,
        sendsPerSecond: 1_000,
        queriesPerSecond: 1_000,
      });
      await own.takeSends([slot()]);
      proxy.loseReplies(true);
      const mine = slot();
      const taking = own.takeSends([mine]);
      await eventually(() => proxy.lostBytes() > 0);
      proxy.cut();
      proxy.loseReplies(false);
      expect(await taking).toEqual([{ kind: 'granted' }]);
      expect(await redis.hget(`${prefix}:flaky:sends`, 'n')).toBe('2');
    } finally {
      flaky.disconnect();
      await proxy.close();
    }
  });

  it('never has a number in the clear', async () => {
    await (await limiter()).takeSends([slot()]);
    const keys = await redis.keys(`${prefix}*`);
    expect(keys.join()).not.toMatch(/\+\d{7}/);
  });
});

describe('the window of the whole system', () => {
  it('grants exactly its limit, then says when there is room', async () => {
    const { takeSends } = await limiter({ sendsPerSecond: 5 });
    const grants = await takeSends(Array.from({ length: 7 }, () => slot()));
    expect(grants.map(({ kind }) => kind)).toEqual([
      ...Array<string>(5).fill('granted'),
      'system_limited',
      'system_limited',
    ]);
    const last = grants[6];
    expect(last?.kind === 'system_limited' ? last.retryAfterMs : 0).toBeGreaterThan(900);
  });

  it('takes no slot for what it refuses, and counts no number that is taken', async () => {
    const { takeSends } = await limiter({ sendsPerSecond: 2 });
    const first = slot();
    const refused = slot();
    expect((await takeSends([first, slot(first.phoneMac), slot(), refused])).map(({ kind }) => kind)).toEqual([
      'granted',
      'number_limited',
      'granted',
      'system_limited',
    ]);
    await eventually(async () => (await takeSends([refused]))[0]?.kind === 'granted');
  });

  it('slides: no second holds more than the limit, wherever it begins', async () => {
    const limit = 40;
    const { takeSends } = await limiter({ sendsPerSecond: limit });
    const grantedAt: number[] = [];
    const until = performance.now() + 2_600;
    while (performance.now() < until) {
      const sentAt = performance.now();
      const grants = await takeSends([slot(), slot(), slot()]);
      for (const { kind } of grants) if (kind === 'granted') grantedAt.push(sentAt);
    }
    // Redis saw each of them between the call and its answer; 20 ms cover that on a busy machine.
    const fullest = Math.max(
      ...grantedAt.map((from) => grantedAt.filter((at) => at >= from && at < from + 980).length),
    );
    expect(fullest).toBeLessThanOrEqual(limit);
    expect(grantedAt.length).toBeGreaterThanOrEqual(limit * 2);
  });

  it('grants queries up to the limit and no more', async () => {
    const { takeQueries } = await limiter({ queriesPerSecond: 10 });
    expect(await takeQueries(4)).toEqual({ granted: 4, retryAfterMs: 0 });
    const rest = await takeQueries(9);
    expect(rest.granted).toBe(6);
    expect(rest.retryAfterMs).toBeGreaterThan(0);
    expect((await takeQueries(1)).granted).toBe(0);
  });

  it('keeps a bounded hash, which goes away by itself', async () => {
    const { takeSends } = await limiter();
    await takeSends([slot()]);
    const key = `${prefix}:${spaces - 1}:sends`;
    expect(await redis.hlen(key)).toBeLessThanOrEqual(103);
    expect(await redis.pttl(key)).toBeGreaterThan(0);
  });
});

const HUNG_TIMEOUT_MS = 1_000;

it('rejects in time while Redis hangs, so that the caller can fail closed', async () => {
  const target = new URL(url);
  const proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port) });
  const hung = openLimiterConnection({
    url: `redis://127.0.0.1:${proxy.port}`,
    timeoutMs: HUNG_TIMEOUT_MS,
    onError: () => undefined,
  });
  try {
    await eventually(() => hung.status === 'ready');
    const own = await warmed({
      redis: hung,
      prefix: `${prefix}:hung:`,
      numberSeconds: 60,
      sendsPerSecond: 10,
      queriesPerSecond: 10,
    });
    await own.takeQueries(1);
    proxy.hang(true);
    const startedAt = performance.now();
    await expect(own.takeSends([slot()])).rejects.toThrow('Command timed out');
    // Once: a second wait would outlast the request.
    expect(performance.now() - startedAt).toBeLessThan(2 * HUNG_TIMEOUT_MS);
    proxy.hang(false);
    await eventually(async () => (await own.takeQueries(1)).granted === 1);
  } finally {
    hung.disconnect();
    await proxy.close();
  }
});

describe('a limiter whose Redis', () => {
  const cold = () =>
    createLimiter({
      redis: connection,
      prefix: `${prefix}:${spaces++}:`,
      numberSeconds: 60,
      sendsPerSecond: 10,
      queriesPerSecond: 10,
    });

  it('was wiped takes nothing until it is declared warm, and then names the epoch', async () => {
    const own = cold();
    const mine = slot();
    expect(await own.takeSends([mine], 'me')).toEqual({ kind: 'cold' });
    expect(await own.warm.isWarm()).toBe(false);
    await declare(own, 'e7');
    expect(await own.takeSends([mine], 'me')).toEqual({ kind: 'warm', epoch: 'e7', grants: [{ kind: 'granted' }] });
    await redis.del(own.warm.key);
    expect(await own.takeSends([slot()], 'me')).toEqual({ kind: 'cold' });
  });

  it('is another run than the one that was filled is cold', async () => {
    const own = cold();
    await redis.set(own.warm.key, 'another-run:e1');
    expect(await own.takeSends([slot()], 'me')).toEqual({ kind: 'cold' });
    await own.warm.tryLock('e2', 5_000);
    expect(await own.warm.declare('another-run', 'e2')).toBe(false);
  });

  it('gets lost slots back for what remains of their life, and keeps those it has', async () => {
    const own = cold();
    const [lost, kept] = [slot(), slot()];
    await declare(own, 'e1');
    await own.takeSends([kept], 'me');
    await own.warm.tryLock('e2', 5_000);
    const back = [
      { ...lost, remainingMs: 5_000 },
      { ...kept, remainingMs: 1 },
    ];
    expect(await own.refill(back, 'e2', 5_000)).toBe(true);
    const taken = await own.takeSends([lost, kept], 'me');
    const grants = taken.kind === 'warm' ? taken.grants : [];
    expect(grants[1]).toEqual({ kind: 'granted' });
    expect(grants[0]?.kind === 'number_limited' ? grants[0].retryAfterMs : 0).toBeGreaterThan(4_000);
    expect(grants[0]?.kind === 'number_limited' ? grants[0].retryAfterMs : 0).toBeLessThanOrEqual(5_000);
  });

  it('withdraws only the epoch that has ended', async () => {
    const own = cold();
    await declare(own, 'e2');
    await own.warm.withdraw('e1');
    expect(await own.warm.isWarm()).toBe(true);
    await own.warm.withdraw('e2');
    expect(await own.warm.isWarm()).toBe(false);
  });

  it('lets one process refill at a time, and only its own lock is given back', async () => {
    const own = cold();
    expect([await own.warm.tryLock('e1', 5_000), await own.warm.tryLock('e2', 5_000)]).toEqual([true, false]);
    await own.warm.unlock('e2');
    expect(await own.warm.tryLock('e2', 5_000)).toBe(false);
    await own.warm.unlock('e1');
    expect(await own.warm.tryLock('e2', 5_000)).toBe(true);
  });

  it('was wiped in the middle of a refill is not declared warm', async () => {
    const own = cold();
    const lost = { ...slot(), remainingMs: 5_000 };
    await own.warm.tryLock('e1', 5_000);
    expect(await own.refill([lost], 'e1', 5_000)).toBe(true);
    await redis.del(own.warm.lockKey);
    expect(await own.refill([lost], 'e1', 5_000)).toBe(false);
    expect(await own.warm.declare(await own.warm.runId(), 'e1')).toBe(false);
    expect(await own.warm.isWarm()).toBe(false);
  });

  it('became another server over a cut connection grants nothing on the second try', async () => {
    const second = await startRedis({
      dataDir: await mkdtemp(join(tmpdir(), 'ardor-limits-')),
      persist: false,
      cacheDir: TOOLS,
    });
    const target = new URL(url);
    const proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port) });
    const flaky = openLimiterConnection({
      url: `redis://127.0.0.1:${proxy.port}`,
      timeoutMs: 1_000,
      onError: () => undefined,
    });
    const copy = new Redis(second.url);
    try {
      await eventually(() => flaky.status === 'ready');
      const own = createLimiter({
        redis: flaky,
        prefix: `${prefix}:over:`,
        numberSeconds: 60,
        sendsPerSecond: 10,
        queriesPerSecond: 10,
      });
      await declare(own, 'e1');
      // The replica has the key that says warm, and lacks the last slots.
      await copy.set(own.warm.key, (await redis.get(own.warm.key)) ?? '');
      proxy.loseReplies(true);
      const taking = own.takeSends([slot()], 'me');
      await eventually(() => proxy.lostBytes() > 0);
      proxy.retarget({ host: '127.0.0.1', port: second.port });
      proxy.loseReplies(false);
      proxy.cut();
      expect(await taking).toEqual({ kind: 'cold' });
    } finally {
      flaky.disconnect();
      copy.disconnect();
      await proxy.close();
      await second.stop();
    }
  });
});
