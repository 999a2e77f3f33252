import { waitFor } from '@ardor/runtime/wait-for';
import { describe, expect, it } from '@jest/globals';
import { createTestLimiters, slot } from '../test/create-test-limiter.js';

const { redis, completeLimiter, limiterWithClock } = createTestLimiters();

describe('the window', () => {
  it('grants exactly its limit of sends, then says when there is room', async () => {
    const { take } = await completeLimiter({ sendsPerSecond: 5 });
    const decisions = await take(Array.from({ length: 7 }, () => slot()));
    expect(decisions.map(({ kind }) => kind)).toEqual([
      ...Array<string>(5).fill('granted'),
      'send_window_full',
      'send_window_full',
    ]);
    const last = decisions[6];
    expect(last?.kind === 'send_window_full' ? last.retryAfterMs : 0).toBeGreaterThan(900);
  });

  it('leaves the slot of a refused send free, and does not count a send whose slot is taken', async () => {
    const { take } = await completeLimiter({ sendsPerSecond: 2 });
    const first = slot();
    const refused = slot();
    expect((await take([first, slot(first.slotKey), slot(), refused])).map(({ kind }) => kind)).toEqual([
      'granted',
      'number_slot_taken',
      'granted',
      'send_window_full',
    ]);
    await waitFor(async () => (await take([refused]))[0]?.kind === 'granted');
  });

  it('never grants more than the limit within any second', async () => {
    const limit = 40;
    const { take } = await completeLimiter({ sendsPerSecond: limit });
    const grantedAt: number[] = [];
    const until = performance.now() + 2_600;
    while (performance.now() < until) {
      const sentAt = performance.now();
      const decisions = await take([slot(), slot(), slot()]);
      for (const { kind } of decisions) if (kind === 'granted') grantedAt.push(sentAt);
    }
    // Redis saw each send between the call and its reply; 20 ms allow for that on a busy machine.
    const fullest = Math.max(
      ...grantedAt.map((from) => grantedAt.filter((at) => at >= from && at < from + 980).length),
    );
    expect(fullest).toBeLessThanOrEqual(limit);
    expect(grantedAt.length).toBeGreaterThanOrEqual(limit * 2);
  });

  it('says to the millisecond when its oldest sends stop counting', async () => {
    const { take, setMs } = await limiterWithClock({ sendsPerSecond: 2 });
    await setMs(3);
    await take([slot()]);
    await setMs(500);
    await take([slot()]);
    await setMs(600);
    expect(await take([slot()])).toEqual([{ kind: 'send_window_full', retryAfterMs: 410 }]);
    await setMs(1_009);
    expect((await take([slot()]))[0]?.kind).toBe('send_window_full');
    await setMs(1_010);
    expect((await take([slot()]))[0]?.kind).toBe('granted');
  });

  it('starts again when the clock is set back', async () => {
    const { take, setMs } = await limiterWithClock({ sendsPerSecond: 1 });
    await take([slot()]);
    expect((await take([slot()]))[0]?.kind).toBe('send_window_full');
    await setMs(-5_000);
    expect((await take([slot()]))[0]?.kind).toBe('granted');
  });

  it('keeps at most 103 fields, and its key expires', async () => {
    const { take, prefix } = await completeLimiter();
    await take([slot()]);
    const key = `${prefix}sends`;
    expect(await redis.hlen(key)).toBeLessThanOrEqual(103);
    expect(await redis.pttl(key)).toBeGreaterThan(0);
  });
});
