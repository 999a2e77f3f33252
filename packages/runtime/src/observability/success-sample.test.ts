import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createSuccessSample } from './success-sample.js';

const ids = Array.from({ length: 20_000 }, () => randomUUID());

describe('createSuccessSample', () => {
  it.each([0.01, 0.1, 0.5])('picks about %d of the ids', (fraction) => {
    const picked = ids.filter(createSuccessSample(fraction)).length / ids.length;
    expect(Math.abs(picked - fraction)).toBeLessThan(0.02);
  });

  it('picks all at 1 and none at 0', () => {
    expect(ids.every(createSuccessSample(1))).toBe(true);
    expect(ids.some(createSuccessSample(0))).toBe(false);
  });

  it('picks the same ids in every process', () => {
    const [one, other] = [createSuccessSample(0.3), createSuccessSample(0.3)];
    expect(ids.filter(one)).toEqual(ids.filter(other));
  });

  it('picks at a higher fraction whatever it picks at a lower one', () => {
    const more = createSuccessSample(0.4);
    expect(ids.filter(createSuccessSample(0.2)).every(more)).toBe(true);
  });
});
