import { describe, expect, it } from '@jest/globals';
import { createTestLimiters, quotaOf, slot } from '../test/create-test-limiter.js';
import type { ClientQuota } from './client-quota.js';
import type { SendSlot } from './limiter.js';

const { redis, restoringLimiter, completeLimiter, limiterWithClock } = createTestLimiters();

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

const sends = (count: number, quota: ClientQuota, country = 'CN'): SendSlot[] =>
  Array.from({ length: count }, () => slot(undefined, quota, country));
const kindsOf = (decisions: readonly { readonly kind: string }[]): string[] => decisions.map(({ kind }) => kind);
const granted = (count: number): string[] => Array<string>(count).fill('granted');

describe('the sends a second of a client', () => {
  const quota = quotaOf('shop', { sendsPerSecond: 3 });

  it('are granted up to its limit, and say when there is room', async () => {
    const { take, setMs } = await limiterWithClock();
    expect(kindsOf(await take(sends(3, quota)))).toEqual(granted(3));
    await setMs(250);
    expect(await take(sends(1, quota))).toEqual([{ kind: 'client_second_full', retryAfterMs: 850 }]);
    expect(kindsOf(await take(sends(5, quotaOf('bank', { sendsPerSecond: 5 }))))).toEqual(granted(5));
  });

  it('slide: a send counts for a second at least and for 1.1 s at most', async () => {
    const { take, setMs } = await limiterWithClock();
    await setMs(99);
    await take(sends(2, quota));
    await setMs(600);
    await take(sends(1, quota));
    await setMs(1_099);
    expect(await take(sends(1, quota))).toEqual([{ kind: 'client_second_full', retryAfterMs: 1 }]);
    await setMs(1_100);
    expect(kindsOf(await take(sends(3, quota)))).toEqual([...granted(2), 'client_second_full']);
    await setMs(1_100 + 60 * SECOND);
    expect(kindsOf(await take(sends(4, quota)))).toEqual([...granted(3), 'client_second_full']);
  });

  it('take nothing from the others: what is refused leaves number and window free', async () => {
    const { take } = await completeLimiter({ sendsPerSecond: 4 });
    const greedy = sends(100, quota);
    expect(kindsOf(await take(greedy)).filter((kind) => kind === 'granted')).toHaveLength(3);
    const last = greedy.at(-1)?.slotKey;
    expect(kindsOf(await take([slot(last, quotaOf('bank'))]))).toEqual(['granted']);
  });

  it('are counted for each client of a call, in whatever order its slots come', async () => {
    const { take } = await completeLimiter();
    const other = quotaOf('bank', { sendsPerSecond: 2 });
    const free = quotaOf('free');
    const mixed = Array.from({ length: 5 }, () => [
      ...sends(1, quota),
      ...sends(1, other, 'US'),
      ...sends(1, free),
    ]).flat();
    const kinds = kindsOf(await take(mixed));
    const of = (at: number): string[] => kinds.filter((_, index) => index % 3 === at);
    expect(of(0)).toEqual([...granted(3), ...Array<string>(2).fill('client_second_full')]);
    expect(of(1)).toEqual([...granted(2), ...Array<string>(3).fill('client_second_full')]);
    expect(of(2)).toEqual(granted(5));
  });

  it('are not counted again when a call is repeated', async () => {
    const { take } = await completeLimiter();
    const call = sends(2, quota);
    for (let tries = 0; tries < 3; tries++) expect(kindsOf(await take(call, 'me'))).toEqual(granted(2));
    expect(kindsOf(await take(sends(2, quota)))).toEqual(['granted', 'client_second_full']);
  });
});

describe('the sends a day of a client', () => {
  const quota = quotaOf('shop', { sendsPerDay: 2 });

  it('are granted up to its limit, until midnight of UTC', async () => {
    const { take, setMs } = await limiterWithClock();
    await setMs(DAY - 2 * HOUR);
    await take(sends(1, quota));
    await setMs(DAY - HOUR);
    expect(await take(sends(2, quota))).toEqual([{ kind: 'granted' }, { kind: 'client_day_full', retryAfterMs: HOUR }]);
    await setMs(DAY - 1);
    expect(await take(sends(1, quota))).toEqual([{ kind: 'client_day_full', retryAfterMs: 1 }]);
    await setMs(DAY);
    expect(kindsOf(await take(sends(3, quota)))).toEqual([...granted(2), 'client_day_full']);
  });

  it('stay counted when the clock is set back, or a failover leads to one that is behind', async () => {
    const { take, setMs } = await limiterWithClock();
    const capped = quotaOf('shop', { sendsPerSecond: 5, sendsPerDay: 4, countryCapFloor: 3 });
    await setMs(2 * HOUR + 60 * SECOND);
    expect(kindsOf(await take(sends(3, capped)))).toEqual(granted(3));
    await setMs(2 * HOUR);
    expect(kindsOf(await take([...sends(1, capped), ...sends(2, capped, 'LV')]))).toEqual([
      'country_hour_full',
      'granted',
      'client_day_full',
    ]);
  });

  it('are told before the second, because they last longer', async () => {
    const { take } = await completeLimiter();
    const both = quotaOf('both', { sendsPerDay: 2, sendsPerSecond: 2 });
    expect(kindsOf(await take(sends(3, both)))).toEqual([...granted(2), 'client_day_full']);
  });

  it('come back with a slot that is released, once', async () => {
    const { take, release } = await completeLimiter();
    const mine = sends(2, quota);
    await take(mine, 'me');
    for (let tries = 0; tries < 2; tries++) await release(mine.slice(0, 1), 'me');
    await release(mine.slice(1), 'another');
    expect(kindsOf(await take(sends(2, quota)))).toEqual(['granted', 'client_day_full']);
  });

  it('are decided the same way on every page of a call with thousands of slots', async () => {
    const { take, release } = await completeLimiter({ sendsPerSecond: 10_000 });
    const [one, other] = [quotaOf('one', { sendsPerDay: 1_500 }), quotaOf('other', { sendsPerDay: 2_000 })];
    const many = [...sends(1_600, one), ...sends(2_100, other)];
    const kinds = kindsOf(await take(many, 'me'));
    expect(kinds.lastIndexOf('granted')).toBe(3_599);
    expect(kinds.indexOf('client_day_full')).toBe(1_500);
    expect(kinds.filter((kind) => kind === 'granted')).toHaveLength(3_500);
    await release(many, 'me');
    expect(kindsOf(await take(sends(1_501, one)))).toEqual([...granted(1_500), 'client_day_full']);
  });
});

describe('the sends an hour of a client to one country', () => {
  const quota = quotaOf('shop', { countryCapFloor: 10 });

  it('are granted up to the cap, until the hour ends, and other countries go on', async () => {
    const { take, setMs } = await limiterWithClock();
    await setMs(HOUR - 60 * SECOND);
    expect(await take(sends(11, quota, 'LV'))).toEqual([
      ...granted(10).map((kind) => ({ kind })),
      { kind: 'country_hour_full', retryAfterMs: 60 * SECOND },
    ]);
    expect(kindsOf(await take(sends(10, quota, 'CN')))).toEqual(granted(10));
    await setMs(HOUR - 1);
    expect(kindsOf(await take(sends(1, quota, 'LV')))).toEqual(['country_hour_full']);
    await setMs(HOUR);
    expect(kindsOf(await take(sends(1, quota, 'LV')))).toEqual(['granted']);
  });

  it('are told once when they pass four fifths of the cap', async () => {
    const limiter = await completeLimiter();
    const near = async (count: number): Promise<unknown> => {
      const taken = await limiter.takeSlots(
        [...sends(1, quotaOf('free')), ...sends(count, quota, 'LV')],
        `${Math.random()}`,
      );
      return taken.kind === 'decided' ? taken.nearCap : taken;
    };
    expect(await near(7)).toEqual([]);
    expect(await near(1)).toEqual([{ quota, country: 'LV', cap: 10 }]);
    expect(await near(1)).toEqual([]);
    expect(await near(5)).toEqual([]);
  });

  it('come back with a slot that is released', async () => {
    const { take, release } = await completeLimiter();
    const mine = sends(10, quota);
    await take(mine, 'me');
    await release(mine.slice(0, 4), 'me');
    expect(kindsOf(await take(sends(5, quota)))).toEqual([...granted(4), 'country_hour_full']);
  });
});

describe('a number that another client has', () => {
  it('is told from one that the client itself has', async () => {
    const { take } = await completeLimiter();
    const [mine, theirs] = [slot(undefined, quotaOf('me')), slot(undefined, quotaOf('them'))];
    await take([mine, theirs]);
    const again = [mine.slotKey, theirs.slotKey].map((key) => slot(key, quotaOf('me')));
    expect(kindsOf(await take(again))).toEqual(['number_slot_taken', 'number_slot_taken_by_another']);
  });

  it('is told within one call too', async () => {
    const { take } = await completeLimiter();
    const first = slot(undefined, quotaOf('them'));
    expect(kindsOf(await take([first, slot(first.slotKey, quotaOf('me'))]))).toEqual([
      'granted',
      'number_slot_taken_by_another',
    ]);
  });

  it('counts as the client’s own where a slot names no client: after a restore, or from an older version', async () => {
    const limiter = restoringLimiter();
    const [restored, old] = [slot(), slot()];
    await limiter.slotsState.tryLock('e1', 5_000);
    await limiter.restore([{ ...restored, remainingMs: 5_000 }], 'e1', 5_000);
    await limiter.slotsState.markComplete(await limiter.slotsState.runId(), 'e1');
    await redis.hset(
      `${limiter.prefix}slots`,
      Buffer.from(old.slotKey) as unknown as string,
      `${Date.now() + 60_000}:old`,
    );
    const taken = await limiter.takeSlots([restored, old], 'me');
    expect(taken.kind === 'decided' && kindsOf(taken.decisions)).toEqual(['number_slot_taken', 'number_slot_taken']);
  });
});

it('clients without a limit leave nothing in Redis, and the others one field that expires', async () => {
  const { take, prefix } = await completeLimiter();
  await take(sends(2, quotaOf('free')));
  expect(await redis.exists(`${prefix}used`)).toBe(0);
  await take(sends(2, quotaOf('shop', { sendsPerDay: 5 })));
  expect(await redis.hkeys(`${prefix}used`)).toEqual(['shop']);
  expect(await redis.pttl(`${prefix}used`)).toBeGreaterThan(0);
});
