import { describe, expect, it } from '@jest/globals';
import { whenReady } from './when-ready.js';

describe('whenReady', () => {
  it('goes on at once with what is there', () => {
    expect(whenReady(1, (one) => one + 1)).toBe(2);
  });

  it('goes on with what is to come, when it has come', async () => {
    expect(await whenReady(Promise.resolve(1), (one) => one + 1)).toBe(2);
    await expect(whenReady(Promise.reject(new Error('no')), () => 1)).rejects.toThrow('no');
  });
});
