import { expect, it } from '@jest/globals';
import { createTimestamp } from './timestamp.js';

it.each([0, 1, 999, 1_000, 1_764_291_599_999, 1_764_291_600_000, 1_764_291_600_007, 1_764_291_600_040])(
  'the timestamp of %d is what toISOString writes',
  (moment) => {
    expect(createTimestamp(() => moment)()).toBe(new Date(moment).toISOString());
  },
);

it('the timestamp follows a clock that moves on and is set back', () => {
  let at = 1_764_291_599_990;
  const timestamp = createTimestamp(() => at);
  for (const step of [5, 5, 5, 990, 3_600_000, -7_200_000]) {
    at += step;
    expect(timestamp()).toBe(new Date(at).toISOString());
  }
});
