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

const slot = (phoneMac: Uint8Array = randomBytes(16)): Slot => ({ phoneMac, id: randomUUID() });
let spaces = 0;

interface Warmed extends Omit<Limiter, 'takeSends'> {
  takeSends(slots: readonly Slot[]): Promise<readonly Grant[]>;
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
  const takeSends = async (slots: readonly Slot[]): Promise<readonly Grant[]> => {
    const taken = await own.takeSends(slots);
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

describe('slots that cannot be told apart', () => {
  it.each([
    ['a MAC of 15 bytes', [slot(), { phoneMac: randomBytes(15), id: randomUUID() }]],
    ['a MAC of 17 bytes', [slot(), { phoneMac: randomBytes(17), id: randomUUID() }]],
    ['ids of several lengths', [slot(), { phoneMac: randomBytes(16), id: 'short' }]],
  ])('are refused before Redis is asked: %s', async (_, slots) => {
    const { takeSends } = await limiter();
    await expect(takeSends(slots)).rejects.toThrow(RangeError);
  });
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

  it('is mine already when my own id asks again', async () => {
    const { takeSends } = await limiter();
    const mine = slot();
    expect(await takeSends([mine])).toEqual([{ kind: 'granted' }]);
    expect(await takeSends([mine])).toEqual([{ kind: 'granted' }]);
  });

  it('is given back by its own id only', async () => {
    const { takeSends, release } = await limiter();
    const mine = slot();
    await takeSends([mine]);
    await release([slot(mine.phoneMac)]);
    expect((await takeSends([slot(mine.phoneMac)]))[0]?.kind).toBe('number_limited');
    await release([mine]);
    expect((await takeSends([slot(mine.phoneMac)]))[0]?.kind).toBe('granted');
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
    expect(await own.takeSends([mine])).toEqual({ kind: 'cold' });
    expect(await own.warm.isWarm()).toBe(false);
    await declare(own, 'e7');
    expect(await own.takeSends([mine])).toEqual({ kind: 'warm', epoch: 'e7', grants: [{ kind: 'granted' }] });
    await redis.del(own.warm.key);
    expect(await own.takeSends([slot()])).toEqual({ kind: 'cold' });
  });

  it('is another run than the one that was filled is cold', async () => {
    const own = cold();
    await redis.set(own.warm.key, 'another-run:e1');
    expect(await own.takeSends([slot()])).toEqual({ kind: 'cold' });
    await own.warm.tryLock('e2', 5_000);
    expect(await own.warm.declare('another-run', 'e2')).toBe(false);
  });

  it('gets lost slots back for what remains of their life, and keeps those it has', async () => {
    const own = cold();
    const [lost, kept] = [slot(), slot()];
    await declare(own, 'e1');
    await own.takeSends([kept]);
    await own.warm.tryLock('e2', 5_000);
    const back = [
      { ...lost, remainingMs: 5_000 },
      { phoneMac: kept.phoneMac, id: randomUUID(), remainingMs: 1 },
    ];
    expect(await own.refill(back, 'e2', 5_000)).toBe(true);
    const taken = await own.takeSends([slot(lost.phoneMac), kept]);
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
      const taking = own.takeSends([slot()]);
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
