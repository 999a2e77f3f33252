import { describe, expect, it } from '@jest/globals';
import { createHeartbeat } from './heartbeat.js';

const LEASE_MS = 4_000;

function heart() {
  const clock = { now: 0, storedAfter: 0, fails: false };
  const heartbeat = createHeartbeat({
    beat: () => {
      clock.now += clock.storedAfter;
      return clock.fails ? Promise.reject(new Error('no database')) : Promise.resolve();
    },
    leaseMs: LEASE_MS,
    now: () => clock.now,
  });
  return { clock, heartbeat };
}

describe('a heartbeat', () => {
  it('keeps the worker alive for a lease from before the beat, and not a millisecond more', async () => {
    const { clock, heartbeat } = heart();
    expect(heartbeat.heldLeaseSince(0)).toBe(false);
    clock.storedAfter = 500;
    await heartbeat.beat();
    clock.now = LEASE_MS - 1;
    expect(heartbeat.heldLeaseSince(0)).toBe(true);
    clock.now = LEASE_MS;
    expect(heartbeat.heldLeaseSince(0)).toBe(false);
  });

  it('is stable after a whole lease without a break', async () => {
    const { clock, heartbeat } = heart();
    for (clock.now = 0; clock.now < LEASE_MS; clock.now += 1_000) {
      await heartbeat.beat();
      expect(heartbeat.isStable()).toBe(false);
    }
    await heartbeat.beat();
    expect(heartbeat.isStable()).toBe(true);
  });

  it('is not stable after a break, until another lease has passed', async () => {
    const { clock, heartbeat } = heart();
    for (clock.now = 0; clock.now <= LEASE_MS; clock.now += 1_000) await heartbeat.beat();
    clock.fails = true;
    await expect(heartbeat.beat()).rejects.toThrow('no database');
    clock.now += LEASE_MS;
    expect(heartbeat.heldLeaseSince(0)).toBe(false);
    clock.fails = false;
    await heartbeat.beat();
    // It holds what it claims from now on, not what it claimed before the break.
    expect([
      heartbeat.heldLeaseSince(clock.now),
      heartbeat.heldLeaseSince(clock.now - 1),
      heartbeat.isStable(),
    ]).toEqual([true, false, false]);
    for (let beats = 0; beats < 4; beats++) {
      clock.now += 1_000;
      await heartbeat.beat();
    }
    expect(heartbeat.isStable()).toBe(true);
  });
});
