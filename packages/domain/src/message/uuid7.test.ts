import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createUuid7, isUuid, uuid7Floor, uuid7Time } from './uuid7.js';

const MAX_TIME = 2 ** 48 - 1;
const time = fc.oneof(fc.integer({ min: 0, max: MAX_TIME }), fc.constantFrom(0, 1, MAX_TIME - 1, MAX_TIME));

describe('createUuid7', () => {
  it('writes version 7 and the variant of RFC 9562', () => {
    const next = createUuid7();
    for (let n = 0; n < 1000; n++) {
      expect(next()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  it('uses all 74 random bits', () => {
    const next = createUuid7(() => 0);
    let ones = 0n;
    let zeros = 0n;
    for (let n = 0; n < 2000; n++) {
      const bits = BigInt(`0x${next().replaceAll('-', '')}`);
      ones |= bits;
      zeros |= ~bits & ((1n << 128n) - 1n);
    }
    const varying = ones & zeros;
    expect(varying.toString(2).replaceAll('0', '')).toHaveLength(74);
    expect(varying).toBe((0xfffn << 64n) | ((1n << 62n) - 1n));
  });

  it('holds its time, from the first millisecond to the last', () => {
    fc.assert(
      fc.property(time, (ms) => {
        expect(uuid7Time(createUuid7(() => ms)())).toBe(ms);
      }),
    );
  });

  it('takes the time of each call', () => {
    const before = Date.now();
    const made = uuid7Time(createUuid7()());
    expect(made).toBeGreaterThanOrEqual(before);
    expect(made).toBeLessThanOrEqual(Date.now());
  });

  it('orders by time', () => {
    fc.assert(
      fc.property(time, time, (left, right) => {
        fc.pre(left !== right);
        const [first, second] = [createUuid7(() => left)(), createUuid7(() => right)()];
        expect(first < second).toBe(left < right);
      }),
    );
  });

  it('never gives an id twice in 100,000 of one millisecond', () => {
    const next = createUuid7(() => 1_700_000_000_000);
    const ids = new Set(Array.from({ length: 100_000 }, next));
    expect(ids.size).toBe(100_000);
  });
});

describe('isUuid', () => {
  it.each([
    ['550e8400-e29b-41d4-a716-446655440000', true],
    ['550E8400-E29B-41D4-A716-446655440000', true],
    ['00000000-0000-0000-0000-000000000000', true],
    ['550e8400e29b41d4a716446655440000', false],
    ['{550e8400-e29b-41d4-a716-446655440000}', false],
    ['550e8400-e29b-41d4-a716-44665544000', false],
    ['550e8400-e29b-41d4-a716-4466554400000', false],
    ['550e8400-e29b-41d4-a716-44665544000g', false],
    ['550e8400-e29b-41d4-a716-446655440000\n', false],
    [' 550e8400-e29b-41d4-a716-446655440000', false],
    ['', false],
  ])('%j: %p', (text, expected) => {
    expect(isUuid(text)).toBe(expected);
  });
});

describe('uuid7Floor', () => {
  it('is a UUID of its moment, not above any id of it and above every id before', () => {
    fc.assert(
      fc.property(time, (ms) => {
        const floor = uuid7Floor(ms);
        expect(isUuid(floor)).toBe(true);
        expect(uuid7Time(floor)).toBe(ms);
        expect(floor <= createUuid7(() => ms)()).toBe(true);
        if (ms > 0) expect(createUuid7(() => ms - 1)() < floor).toBe(true);
      }),
    );
  });
});
