import { describe, expect, it } from '@jest/globals';
import { createTestLimiters, markComplete, slot } from '../test/create-test-limiter.js';

const { redis, restoringLimiter } = createTestLimiters();

describe('slotsState', () => {
  it('a wiped limiter takes nothing until its slots are marked complete, and then names the epoch', async () => {
    const own = restoringLimiter();
    const mine = slot();
    expect(await own.takeSlots([mine], 'me')).toEqual({ kind: 'restoring' });
    expect(await own.slotsState.isComplete()).toBe(false);
    await markComplete(own, 'e7');
    expect(await own.takeSlots([mine], 'me')).toEqual({
      kind: 'decided',
      epoch: 'e7',
      decisions: [{ kind: 'granted' }],
      nearCap: [],
    });
    await redis.del(own.slotsState.key);
    expect(await own.takeSlots([slot()], 'me')).toEqual({ kind: 'restoring' });
  });

  it('a mark of another server run does not count as complete', async () => {
    const own = restoringLimiter();
    await redis.set(own.slotsState.key, 'another-run:e1');
    expect(await own.takeSlots([slot()], 'me')).toEqual({ kind: 'restoring' });
    await own.slotsState.tryLock('e2', 5_000);
    expect(await own.slotsState.markComplete('another-run', 'e2')).toBe(false);
  });

  it('restore puts lost slots back for the rest of their life and keeps later ends', async () => {
    const own = restoringLimiter();
    const [lost, kept] = [slot(), slot()];
    await markComplete(own, 'e1');
    await own.takeSlots([kept], 'me');
    await own.slotsState.tryLock('e2', 5_000);
    const back = [
      { ...lost, remainingMs: 5_000 },
      { ...kept, remainingMs: 1 },
    ];
    expect(await own.restore(back, 'e2', 5_000)).toBe(true);
    const taken = await own.takeSlots([lost, kept], 'me');
    const decisions = taken.kind === 'decided' ? taken.decisions : [];
    expect(decisions[1]).toEqual({ kind: 'granted' });
    expect(decisions[0]?.kind === 'number_slot_taken' ? decisions[0].retryAfterMs : 0).toBeGreaterThan(4_000);
    expect(decisions[0]?.kind === 'number_slot_taken' ? decisions[0].retryAfterMs : 0).toBeLessThanOrEqual(5_000);
  });

  it('restore keeps the later end when a number is named twice', async () => {
    const own = restoringLimiter();
    const lost = slot();
    await own.slotsState.tryLock('e1', 5_000);
    await own.restore(
      [5_000, 1].map((remainingMs) => ({ ...lost, remainingMs })),
      'e1',
      5_000,
    );
    await own.slotsState.markComplete(await own.slotsState.runId(), 'e1');
    const taken = await own.takeSlots([lost], 'me');
    expect(taken).toMatchObject({ kind: 'decided', decisions: [{ kind: 'number_slot_taken' }] });
  });

  it('restore prolongs the lock', async () => {
    const own = restoringLimiter();
    await own.slotsState.tryLock('e1', 5_000);
    await own.restore(
      [slot()].map((one) => ({ ...one, remainingMs: 1 })),
      'e1',
      60_000,
    );
    expect(await redis.pttl(own.slotsState.lockKey)).toBeGreaterThan(50_000);
  });

  it('markLost removes the mark of its own epoch only', async () => {
    const own = restoringLimiter();
    await markComplete(own, 'e2');
    await own.slotsState.markLost('e1');
    expect(await own.slotsState.isComplete()).toBe(true);
    await own.slotsState.markLost('e2');
    expect(await own.slotsState.isComplete()).toBe(false);
  });

  it('one process at a time holds the lock, and unlock frees its own lock only', async () => {
    const own = restoringLimiter();
    expect([await own.slotsState.tryLock('e1', 5_000), await own.slotsState.tryLock('e2', 5_000)]).toEqual([
      true,
      false,
    ]);
    await own.slotsState.unlock('e2');
    expect(await own.slotsState.tryLock('e2', 5_000)).toBe(false);
    await own.slotsState.unlock('e1');
    expect(await own.slotsState.tryLock('e2', 5_000)).toBe(true);
  });

  it('a wipe during a restore ends the lock, and the slots are not marked complete', async () => {
    const own = restoringLimiter();
    const lost = { ...slot(), remainingMs: 5_000 };
    await own.slotsState.tryLock('e1', 5_000);
    expect(await own.restore([lost], 'e1', 5_000)).toBe(true);
    await redis.del(own.slotsState.lockKey);
    expect(await own.restore([lost], 'e1', 5_000)).toBe(false);
    expect(await own.slotsState.markComplete(await own.slotsState.runId(), 'e1')).toBe(false);
    expect(await own.slotsState.isComplete()).toBe(false);
  });

  it('a mark of another slot format does not count as complete', async () => {
    const own = restoringLimiter();
    // The key of the first format, in which each slot was a key.
    await redis.set(`${own.prefix}warm`, `${await own.slotsState.runId()}:e1`);
    expect(await own.takeSlots([slot()], 'me')).toEqual({ kind: 'restoring' });
  });

  it('a mark of another number scope does not count as complete', async () => {
    const own = restoringLimiter();
    await markComplete(own, 'e1');
    const other = restoringLimiter({ numberScope: 'client' }, own.prefix);
    expect(await other.takeSlots([slot()], 'me')).toEqual({ kind: 'restoring' });
  });
});
