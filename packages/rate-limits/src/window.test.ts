import { waitFor } from '@ardor/runtime/wait-for';
import { describe, expect, it } from '@jest/globals';
import { createTestLimiters, slot } from '../test/create-test-limiter.js';

const { redis, limiter } = createTestLimiters();

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
    await waitFor(async () => (await takeSends([refused]))[0]?.kind === 'granted');
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
    const { takeQueryBudget } = await limiter({ queriesPerSecond: 10 });
    expect(await takeQueryBudget(4)).toEqual({ granted: 4, retryAfterMs: 0 });
    const rest = await takeQueryBudget(9);
    expect(rest.granted).toBe(6);
    expect(rest.retryAfterMs).toBeGreaterThan(0);
    expect((await takeQueryBudget(1)).granted).toBe(0);
  });

  it('keeps a bounded hash, which goes away by itself', async () => {
    const { takeSends, prefix } = await limiter();
    await takeSends([slot()]);
    const key = `${prefix}sends`;
    expect(await redis.hlen(key)).toBeLessThanOrEqual(103);
    expect(await redis.pttl(key)).toBeGreaterThan(0);
  });
});
