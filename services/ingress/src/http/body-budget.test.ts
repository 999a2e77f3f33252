import { describe, expect, it } from '@jest/globals';
import { createBodyBudget } from './body-budget.js';

const KIB = 1_024;

describe('the budget of bodies', () => {
  it('has room for so many bytes and no more; what has no room counts nothing', () => {
    const { known, used } = createBodyBudget({ maxBytes: 100 * KIB, now: () => 0 });
    expect(known.resize(0, 60 * KIB)).toBe(true);
    expect(known.resize(0, 40 * KIB + 1)).toBe(false);
    expect(used()).toBe(60 * KIB);
    expect(known.resize(0, 40 * KIB)).toBe(true);
    expect(known.resize(60 * KIB, 60 * KIB + 1)).toBe(false);
    expect(known.resize(60 * KIB, 10 * KIB)).toBe(true);
    expect(known.resize(10 * KIB, 0)).toBe(true);
    expect(known.resize(40 * KIB, 0)).toBe(true);
    expect(used()).toBe(0);
  });

  it('gives anonymous bodies half, and known ones all that is left', () => {
    const { known, anonymous, used } = createBodyBudget({ maxBytes: 100 * KIB, now: () => 0 });
    expect(anonymous.resize(0, 50 * KIB)).toBe(true);
    expect(anonymous.resize(0, 5 * KIB)).toBe(false);
    expect(known.resize(0, 50 * KIB)).toBe(true);
    expect(known.resize(0, 5 * KIB)).toBe(false);
    expect(anonymous.resize(50 * KIB, 20 * KIB)).toBe(true);
    // The half is an upper limit and no reserve.
    expect(known.resize(0, 30 * KIB)).toBe(true);
    expect(anonymous.resize(0, 5 * KIB)).toBe(false);
    expect(used()).toBe(100 * KIB);
  });

  it('counts no body of 4 KiB, and counts a larger one from its first byte', () => {
    const { anonymous, used } = createBodyBudget({ maxBytes: 10 * KIB, now: () => 0 });
    expect(anonymous.resize(0, 4 * KIB)).toBe(true);
    expect(used()).toBe(0);
    expect(anonymous.resize(4 * KIB, 4 * KIB + 1)).toBe(true);
    expect(used()).toBe(4 * KIB + 1);
    expect(anonymous.resize(0, 5 * KIB)).toBe(false);
    expect(anonymous.resize(0, 4 * KIB)).toBe(true);
  });
});
