import { describe, expect, it } from '@jest/globals';
import { applyParkedReceiptsDuty } from './apply-parked-receipts.js';

describe('applying parked receipts', () => {
  it('goes on with the next page, and starts over after the last', async () => {
    const asked: (string | undefined)[] = [];
    const pages = ['a', 'b', undefined];
    const applyParked = (_: number, after?: string) => {
      asked.push(after);
      return Promise.resolve({ applied: 1, next: pages[(asked.length - 1) % 3] });
    };
    const duty = applyParkedReceiptsDuty(1, 10, { applyParked });
    const results = [await duty.run(), await duty.run(), await duty.run(), await duty.run()];
    expect(asked).toEqual([undefined, 'a', 'b', undefined]);
    expect(results.map(({ more }) => more)).toEqual([true, true, false, true]);
  });
});
