import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fullJitterMs } from './backoff.js';

const OPTIONS = { baseMs: 500, capMs: 30_000 };
const HIGHEST = 1 - Number.EPSILON;

describe('fullJitterMs', () => {
  it.each([
    [1, 500],
    [2, 1000],
    [3, 2000],
    [6, 16_000],
    [7, 30_000],
    [8, 30_000],
    [1000, 30_000],
    [Number.MAX_SAFE_INTEGER, 30_000],
  ])('attempt %d waits %d ms at most, and nothing at least', (attempt, ceiling) => {
    expect(fullJitterMs(attempt, OPTIONS, 0, () => HIGHEST)).toBe(ceiling);
    expect(fullJitterMs(attempt, OPTIONS, 0, () => 0.5)).toBe(ceiling / 2);
    expect(fullJitterMs(attempt, OPTIONS, 0, () => 0)).toBe(0);
  });

  it('never waits less than the carrier asks for, even beyond the cap', () => {
    expect(fullJitterMs(1, OPTIONS, 60_000, () => 0)).toBe(60_000);
    expect(fullJitterMs(1, OPTIONS, 60_000, () => HIGHEST)).toBe(60_500);
  });

  it('is a whole number between the floor and floor plus cap, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 1, max: 60_000 }),
        fc.integer({ min: 1, max: 3_600_000 }),
        fc.integer({ min: 0, max: 3_600_000 }),
        (attempt, baseMs, capMs, floor) => {
          const delay = fullJitterMs(attempt, { baseMs, capMs }, floor);
          expect(Number.isSafeInteger(delay)).toBe(true);
          expect(delay).toBeGreaterThanOrEqual(floor);
          expect(delay).toBeLessThanOrEqual(floor + capMs);
        },
      ),
    );
  });

  it('spreads what failed together', () => {
    const delays = Array.from({ length: 1000 }, () => fullJitterMs(5, OPTIONS));
    for (let tenth = 0; tenth < 10; tenth++) {
      const inside = delays.filter((delay) => delay >= tenth * 800 && delay < (tenth + 1) * 800);
      expect(inside.length).toBeGreaterThan(30);
    }
  });
});
