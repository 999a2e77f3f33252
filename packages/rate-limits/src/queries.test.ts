import { describe, expect, it } from '@jest/globals';
import { createTestLimiters, quotaOf } from '../test/create-test-limiter.js';
import type { QueriesWanted } from './take-queries.js';

const { completeLimiter, limiterWithClock } = createTestLimiters();

const wanted = (clientId: string, count: number, queriesPerSecond?: number): QueriesWanted => ({
  quota: quotaOf(clientId, { queriesPerSecond }),
  count,
});

describe('queries', () => {
  it('are granted up to the limit of the system and no more', async () => {
    const { takeQueries } = await completeLimiter({ queriesPerSecond: 10 });
    expect(await takeQueries([wanted('a', 4)])).toEqual([
      { granted: 4, allowed: 4, clientRetryAfterMs: 0, systemRetryAfterMs: 0 },
    ]);
    const [rest] = await takeQueries([wanted('a', 9)]);
    expect(rest).toMatchObject({ granted: 6, allowed: 9, clientRetryAfterMs: 0 });
    expect(rest?.systemRetryAfterMs).toBeGreaterThan(0);
    expect((await takeQueries([wanted('b', 1)]))[0]?.granted).toBe(0);
  });

  it('of one client are granted up to its own limit, and the rest is left to others', async () => {
    const { takeQueries } = await completeLimiter({ queriesPerSecond: 10 });
    const [greedy, modest] = await takeQueries([wanted('a', 1_000, 5), wanted('b', 5, 5)]);
    expect(greedy).toMatchObject({ granted: 5, allowed: 5, systemRetryAfterMs: 0 });
    expect(greedy?.clientRetryAfterMs).toBeGreaterThan(900);
    expect(modest).toEqual({ granted: 5, allowed: 5, clientRetryAfterMs: 0, systemRetryAfterMs: 0 });
    expect((await takeQueries([wanted('a', 1, 5)]))[0]?.granted).toBe(0);
  });

  it('are shared where the system has too little room: who wants little gets it, and the others get equal parts', async () => {
    const { takeQueries } = await completeLimiter({ queriesPerSecond: 11 });
    const grants = await takeQueries([wanted('a', 500), wanted('b', 1), wanted('c', 300)]);
    expect(grants.map(({ granted }) => granted).sort((left, right) => left - right)).toEqual([1, 5, 5]);
    expect(grants[1]?.granted).toBe(1);
  });

  it('that were refused count for nothing', async () => {
    const { takeQueries } = await completeLimiter({ queriesPerSecond: 3 });
    await takeQueries([wanted('a', 100, 50)]);
    const [other] = await takeQueries([wanted('b', 1, 50)]);
    expect(other).toMatchObject({ granted: 0, allowed: 1 });
    const [again] = await takeQueries([wanted('a', 100, 50)]);
    expect(again).toMatchObject({ granted: 0, allowed: 47 });
  });

  it('of a client count for a second at least, and for 1.1 s at most', async () => {
    const { takeQueries, setMs } = await limiterWithClock();
    const granted = async (): Promise<number | undefined> => (await takeQueries([wanted('a', 1, 1)]))[0]?.granted;
    await setMs(99);
    expect(await granted()).toBe(1);
    await setMs(1_099);
    expect(await granted()).toBe(0);
    expect((await takeQueries([wanted('a', 1, 1)]))[0]?.clientRetryAfterMs).toBe(1);
    await setMs(1_100);
    expect(await granted()).toBe(1);
    // The clock was set back: nothing may be counted for ever.
    await setMs(-5_000);
    expect(await granted()).toBe(1);
  });
});
