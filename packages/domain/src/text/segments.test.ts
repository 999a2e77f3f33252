import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countSegments } from './segments.js';

const gsm = (count: number) => ({ encoding: 'GSM-7', count });
const ucs = (count: number) => ({ encoding: 'UCS-2', count });

describe('countSegments', () => {
  it.each([
    ['nothing', '', gsm(1)],
    ['1 septet', 'a', gsm(1)],
    ['160 septets', 'a'.repeat(160), gsm(1)],
    ['161 septets', 'a'.repeat(161), gsm(2)],
    ['306 septets', 'a'.repeat(306), gsm(2)],
    ['307 septets', 'a'.repeat(307), gsm(3)],
    ['459 septets', 'a'.repeat(459), gsm(3)],
    ['460 septets', 'a'.repeat(460), gsm(4)],
    ['80 characters of the extension', '€'.repeat(80), gsm(1)],
    ['81 characters of the extension', '€'.repeat(81), gsm(2)],
    ['158 septets and an escape', `${'a'.repeat(158)}€`, gsm(1)],
    ['159 septets and an escape', `${'a'.repeat(159)}€`, gsm(2)],
    // 153 is odd: 76 escapes fill 152 septets, and the 77th moves on whole.
    ['152 escapes, in parts', '€'.repeat(152), gsm(2)],
    ['153 escapes, in parts', '€'.repeat(153), gsm(3)],
    ['an escape across the first cut', `${'a'.repeat(152)}€${'a'.repeat(151)}`, gsm(2)],
    ['an escape across the first cut, and one more', `${'a'.repeat(152)}€${'a'.repeat(152)}`, gsm(3)],
    ['70 units', '验'.repeat(70), ucs(1)],
    ['71 units', '验'.repeat(71), ucs(2)],
    ['134 units', '验'.repeat(134), ucs(2)],
    ['135 units', '验'.repeat(135), ucs(3)],
    ['35 surrogate pairs', '😀'.repeat(35), ucs(1)],
    ['36 surrogate pairs', '😀'.repeat(36), ucs(2)],
    // 67 is odd: 33 pairs fill 66 units.
    ['66 surrogate pairs', '😀'.repeat(66), ucs(2)],
    ['67 surrogate pairs', '😀'.repeat(67), ucs(3)],
    ['a pair across the first cut', `${'验'.repeat(66)}😀${'验'.repeat(65)}`, ucs(2)],
    ['a pair across the first cut, and one more', `${'验'.repeat(66)}😀${'验'.repeat(66)}`, ucs(3)],
    ['a pair just before the cut', `${'验'.repeat(65)}😀${'验'.repeat(67)}`, ucs(2)],
    ['one letter outside the alphabet', `${'a'.repeat(69)}ş`, ucs(1)],
    ['70 letters and one outside the alphabet', `${'a'.repeat(70)}ş`, ucs(2)],
    ['an extension character in UCS-2 is one unit', `${'€'.repeat(69)}验`, ucs(1)],
    ['a grave accent is not in the alphabet', '`', ucs(1)],
    ['a small c with cedilla is not in the alphabet', 'ç', ucs(1)],
    ['a tab is not in the alphabet', '\t', ucs(1)],
  ])('%s', (_, text, expected) => {
    expect(countSegments(text)).toEqual(expected);
  });

  it('knows the 127 characters of the basic table and the 10 of the extension', () => {
    const all = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit)).filter(
      (char) => countSegments(char).encoding === 'GSM-7',
    );
    const escaped = all.filter((char) => countSegments(char.repeat(81)).count === 2);
    expect(all).toHaveLength(137);
    expect(escaped.sort().join('')).toBe('\f[\\]^{|}~€');
    expect('@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà'.split('').every((char) => all.includes(char))).toBe(true);
  });

  it('cuts as a greedy writer does that never splits a character', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', '€', '验', '😀', '[', '1'), { maxLength: 400 }), (chars) => {
        const text = chars.join('');
        const narrow = !/[验😀]/u.test(text);
        const sizeOf = (char: string): number => (narrow ? (/[€[]/.test(char) ? 2 : 1) : char.length);
        const [single, each] = narrow ? [160, 153] : [70, 67];
        const total = chars.reduce((sum, char) => sum + sizeOf(char), 0);
        const parts = [0];
        for (const char of chars) {
          if ((parts.at(-1) ?? 0) + sizeOf(char) > each) parts.push(0);
          parts.push((parts.pop() ?? 0) + sizeOf(char));
        }
        const count = total <= single ? 1 : parts.length;
        expect(countSegments(text)).toEqual({ encoding: narrow ? 'GSM-7' : 'UCS-2', count });
      }),
    );
  });
});
