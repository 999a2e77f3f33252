import { describe, expect, it } from '@jest/globals';
import { declare, createTestLimiters, slot } from '../test/create-test-limiter.js';

const { redis, cold } = createTestLimiters();

describe('a limiter whose Redis', () => {
  it('was wiped takes nothing until it is declared warm, and then names the epoch', async () => {
    const own = cold();
    const mine = slot();
    expect(await own.takeSlots([mine], 'me')).toEqual({ kind: 'cold' });
    expect(await own.slotsState.isComplete()).toBe(false);
    await declare(own, 'e7');
    expect(await own.takeSlots([mine], 'me')).toEqual({ kind: 'warm', epoch: 'e7', grants: [{ kind: 'granted' }] });
    await redis.del(own.slotsState.key);
    expect(await own.takeSlots([slot()], 'me')).toEqual({ kind: 'cold' });
  });

  it('is another run than the one that was filled is cold', async () => {
    const own = cold();
    await redis.set(own.slotsState.key, 'another-run:e1');
    expect(await own.takeSlots([slot()], 'me')).toEqual({ kind: 'cold' });
    await own.slotsState.tryLock('e2', 5_000);
    expect(await own.slotsState.markComplete('another-run', 'e2')).toBe(false);
  });

  it('gets lost slots back for what remains of their life, and keeps those it has', async () => {
    const own = cold();
    const [lost, kept] = [slot(), slot()];
    await declare(own, 'e1');
    await own.takeSlots([kept], 'me');
    await own.slotsState.tryLock('e2', 5_000);
    const back = [
      { ...lost, remainingMs: 5_000 },
      { ...kept, remainingMs: 1 },
    ];
    expect(await own.restore(back, 'e2', 5_000)).toBe(true);
    const taken = await own.takeSlots([lost, kept], 'me');
    const grants = taken.kind === 'warm' ? taken.grants : [];
    expect(grants[1]).toEqual({ kind: 'granted' });
    expect(grants[0]?.kind === 'number_limited' ? grants[0].retryAfterMs : 0).toBeGreaterThan(4_000);
    expect(grants[0]?.kind === 'number_limited' ? grants[0].retryAfterMs : 0).toBeLessThanOrEqual(5_000);
  });

  it('withdraws only the epoch that has ended', async () => {
    const own = cold();
    await declare(own, 'e2');
    await own.slotsState.markLost('e1');
    expect(await own.slotsState.isComplete()).toBe(true);
    await own.slotsState.markLost('e2');
    expect(await own.slotsState.isComplete()).toBe(false);
  });

  it('lets one process refill at a time, and only its own lock is given back', async () => {
    const own = cold();
    expect([await own.slotsState.tryLock('e1', 5_000), await own.slotsState.tryLock('e2', 5_000)]).toEqual([
      true,
      false,
    ]);
    await own.slotsState.unlock('e2');
    expect(await own.slotsState.tryLock('e2', 5_000)).toBe(false);
    await own.slotsState.unlock('e1');
    expect(await own.slotsState.tryLock('e2', 5_000)).toBe(true);
  });

  it('was wiped in the middle of a refill is not declared warm', async () => {
    const own = cold();
    const lost = { ...slot(), remainingMs: 5_000 };
    await own.slotsState.tryLock('e1', 5_000);
    expect(await own.restore([lost], 'e1', 5_000)).toBe(true);
    await redis.del(own.slotsState.lockKey);
    expect(await own.restore([lost], 'e1', 5_000)).toBe(false);
    expect(await own.slotsState.markComplete(await own.slotsState.runId(), 'e1')).toBe(false);
    expect(await own.slotsState.isComplete()).toBe(false);
  });

  it('has slots of another format is cold', async () => {
    const own = cold();
    // As it was named while each slot had a key of its own.
    await redis.set(`${own.prefix}warm`, `${await own.slotsState.runId()}:e1`);
    expect(await own.takeSlots([slot()], 'me')).toEqual({ kind: 'cold' });
  });
});
