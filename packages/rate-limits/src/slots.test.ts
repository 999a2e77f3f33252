import { randomBytes } from 'node:crypto';
import { waitFor } from '@ardor/runtime/wait-for';
import { describe, expect, it } from '@jest/globals';
import { createTestLimiters, slot } from '../test/create-test-limiter.js';

const { redis, restoringLimiter, completeLimiter } = createTestLimiters();

it.each([15, 17])('takeSlots throws for a MAC of %d bytes and takes nothing', async (bytes) => {
  const { take } = await completeLimiter();
  await expect(take([slot(), slot(randomBytes(bytes))])).rejects.toThrow(RangeError);
});

describe('a number slot', () => {
  it('is granted once; the refusal says how long it is taken', async () => {
    const { take } = await completeLimiter();
    const first = slot();
    const [won, lost, other] = await take([first, slot(first.slotKey), slot()]);
    expect(won).toEqual({ kind: 'granted' });
    expect(lost).toEqual({ kind: 'number_slot_taken', retryAfterMs: expect.any(Number) });
    expect(other).toEqual({ kind: 'granted' });
    const retryAfterMs = lost?.kind === 'number_slot_taken' ? lost.retryAfterMs : 0;
    expect(retryAfterMs).toBeGreaterThan(59_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it('is free again after its life and not earlier', async () => {
    const { take } = await completeLimiter({ numberSeconds: 1 });
    const first = slot();
    await take([first]);
    const takenAt = performance.now();
    const again = await waitFor(async () => {
      const [decision] = await take([slot(first.slotKey)]);
      return decision?.kind === 'granted' && performance.now() - takenAt;
    });
    expect(again).toBeGreaterThanOrEqual(990);
  });

  it('is granted again to its owner when the call is repeated, and counts once', async () => {
    const { take, prefix } = await completeLimiter({ sendsPerSecond: 2 });
    const [mine, taken] = [slot(), slot()];
    await take([taken]);
    const call = [mine, mine, taken];
    const kinds = async () => (await take(call, 'me')).map(({ kind }) => kind);
    expect(await kinds()).toEqual(['granted', 'number_slot_taken', 'number_slot_taken']);
    expect(await kinds()).toEqual(['granted', 'number_slot_taken', 'number_slot_taken']);
    expect(await redis.hget(`${prefix}sends`, 'n')).toBe('2');
  });

  it('is released by its owner only', async () => {
    const { take, release } = await completeLimiter();
    const mine = slot();
    await take([mine], 'me');
    await release([mine], 'another');
    expect((await take([mine]))[0]?.kind).toBe('number_slot_taken');
    await release([mine], 'me');
    expect((await take([mine]))[0]?.kind).toBe('granted');
  });

  it('is released from the older hash too', async () => {
    const { take, release, prefix } = await completeLimiter({ numberSeconds: 2 });
    const mine = slot();
    await take([mine], 'me');
    await take([slot()]);
    expect(await redis.hexists(`${prefix}slots:older`, Buffer.from(mine.slotKey))).toBe(1);
    await release([mine], 'me');
    expect((await take([mine]))[0]?.kind).toBe('granted');
  });

  it('is decided the same way on every page of a call with thousands of slots', async () => {
    const { take, release } = await completeLimiter({ sendsPerSecond: 10_000 });
    // Lua's unpack() takes fewer than twice as many values, so one page is not enough.
    const COUNT = 4_500;
    const many = Array.from({ length: COUNT }, () => slot());
    const [first = slot(), last = slot()] = [many[0], many.at(-1)];
    const decisions = await take([...many, first, last], 'me');
    expect(decisions.filter(({ kind }) => kind === 'granted')).toHaveLength(COUNT);
    expect(decisions.slice(COUNT).map(({ kind }) => kind)).toEqual(['number_slot_taken', 'number_slot_taken']);
    expect((await take([last, first])).map(({ kind }) => kind)).toEqual(['number_slot_taken', 'number_slot_taken']);
    await release(many, 'me');
    expect((await take(many)).filter(({ kind }) => kind === 'granted')).toHaveLength(COUNT);
  });

  it('is dropped with its whole hash, and the hashes expire when no call comes', async () => {
    const { take, prefix } = await completeLimiter({ numberSeconds: 1 });
    const own = `${prefix}slots`;
    const [first, second, third] = [slot(), slot(), slot()];
    await take([first]);
    await take([second]);
    expect([await redis.hlen(`${own}:older`), await redis.hlen(own)]).toEqual([2, 2]);
    await waitFor(async () => (await take([first]))[0]?.kind === 'granted');
    await waitFor(async () => {
      await take([third]);
      return (await redis.hexists(`${own}:older`, Buffer.from(second.slotKey))) === 0;
    });
    for (const key of [own, `${own}:older`]) {
      const leftMs = await redis.pttl(key);
      if (await redis.exists(key)) expect(leftMs).toBeGreaterThan(0);
      expect(leftMs).toBeLessThanOrEqual(61_000);
    }
  });

  it('lives as long as its own call said, also beside slots with another life', async () => {
    const long = await completeLimiter();
    const short = restoringLimiter({ numberSeconds: 1 }, long.prefix);
    const [first, kept, brief] = [slot(), slot(), slot()];
    // The hash with the first slot ends soon; the one with the others must last as long as its longest slot.
    await short.takeSlots([first], 'first');
    await long.take([kept]);
    await short.takeSlots([brief], 'brief');
    for (const owner of ['second', 'third']) {
      await waitFor(async () => {
        const taken = await short.takeSlots([brief], owner);
        return taken.kind === 'decided' && taken.decisions[0]?.kind === 'granted';
      });
    }
    expect((await long.take([kept]))[0]?.kind).toBe('number_slot_taken');
  });
});
