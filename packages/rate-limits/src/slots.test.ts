import { randomBytes } from 'node:crypto';
import { waitFor } from '@ardor/runtime/wait-for';
import { describe, expect, it } from '@jest/globals';
import { createTestLimiters, slot } from '../test/create-test-limiter.js';

const { redis, cold, limiter } = createTestLimiters();

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
    const again = await waitFor(async () => {
      const [grant] = await takeSends([slot(first.phoneMac)]);
      return grant?.kind === 'granted' && performance.now() - takenAt;
    });
    expect(again).toBeGreaterThanOrEqual(990);
  });

  it('is mine already when my own call is repeated, and counts once', async () => {
    const { takeSends, prefix } = await limiter({ sendsPerSecond: 2 });
    const [mine, taken] = [slot(), slot()];
    await takeSends([taken]);
    const call = [mine, mine, taken];
    const kinds = async () => (await takeSends(call, 'me')).map(({ kind }) => kind);
    expect(await kinds()).toEqual(['granted', 'number_limited', 'number_limited']);
    expect(await kinds()).toEqual(['granted', 'number_limited', 'number_limited']);
    expect(await redis.hget(`${prefix}sends`, 'n')).toBe('2');
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
    const { takeSends, release, prefix } = await limiter({ numberSeconds: 2 });
    const mine = slot();
    await takeSends([mine], 'me');
    await takeSends([slot()]);
    expect(await redis.hexists(`${prefix}slots:older`, Buffer.from(mine.phoneMac))).toBe(1);
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

  it('goes away with the hash that it is in, also when nobody asks any more', async () => {
    const { takeSends, prefix } = await limiter({ numberSeconds: 1 });
    const own = `${prefix}slots`;
    const [first, second, third] = [slot(), slot(), slot()];
    await takeSends([first]);
    await takeSends([second]);
    expect([await redis.hlen(`${own}:older`), await redis.hlen(own)]).toEqual([2, 2]);
    await waitFor(async () => (await takeSends([first]))[0]?.kind === 'granted');
    await waitFor(async () => {
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
    const long = await limiter();
    const short = cold({ numberSeconds: 1 }, long.prefix);
    const [first, kept, brief] = [slot(), slot(), slot()];
    // The hash in which the first is ends soon; the one in which the others are must last as long as the longest.
    await short.takeSlots([first], 'first');
    await long.takeSends([kept]);
    await short.takeSlots([brief], 'brief');
    for (const holder of ['second', 'third']) {
      await waitFor(async () => {
        const taken = await short.takeSlots([brief], holder);
        return taken.kind === 'warm' && taken.grants[0]?.kind === 'granted';
      });
    }
    expect((await long.takeSends([kept]))[0]?.kind).toBe('number_limited');
  });
});
