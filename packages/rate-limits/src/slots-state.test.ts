import { describe, expect, it } from '@jest/globals';
import { declare, limitersOfTest, slot } from '../test/create-test-limiter.js';

const { redis, cold } = limitersOfTest();

describe('a limiter whose Redis', () => {
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

  it('has slots of another format is cold', async () => {
    const own = cold();
    // As it was named while each slot had a key of its own.
    await redis.set(`${own.prefix}warm`, `${await own.warm.runId()}:e1`);
    expect(await own.takeSends([slot()], 'me')).toEqual({ kind: 'cold' });
  });
});
