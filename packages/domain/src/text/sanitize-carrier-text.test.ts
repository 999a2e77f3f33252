import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sanitizeCarrierText } from './sanitize-carrier-text.js';

describe('carrierText', () => {
  it.each([
    ['SM-1', 'SM-1'],
    ['a\u0000b\nc', 'abc'],
    ['\ud800x', 'x'],
    ['😀', '😀'],
    [4711, '4711'],
    ['x'.repeat(128), 'x'.repeat(128)],
    ['x'.repeat(129), 'x'.repeat(128)],
  ])('makes %j %j', (given, kept) => expect(sanitizeCarrierText(given)).toBe(kept));

  it.each([[''], ['\u0000'], [null], [undefined], [{}], [[1]], [true], [NaN], [Infinity]])(
    'has nothing of %p',
    (given) => expect(sanitizeCarrierText(given)).toBeUndefined(),
  );

  it('gives only what a text column takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (given) => {
        const text = sanitizeCarrierText(given) ?? '';
        expect(text.isWellFormed() && !text.includes('\0') && text.length <= 128).toBe(true);
      }),
    );
  });
});
