import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseContents } from './contents.js';
import { describeRule, parsePlaceholderRule } from './placeholder-rule.js';
import { parseTemplate, renderTemplate } from './template.js';

const ruleOf = (text: string) => {
  const rule = parsePlaceholderRule(text);
  if (!rule) throw new Error(`no rule: ${text}`);
  return rule;
};
const templateOf = (rule?: string) =>
  parseTemplate('a ${v} z', rule === undefined ? undefined : new Map([['v', ruleOf(rule)]]));
const taken = (value: string, rule?: string): boolean => parseContents({ v: value }, templateOf(rule)).ok;

/** Every character that the default must keep out, by its code point. */
const UNSAFE = [
  ...Array.from({ length: 0x20 }, (_, code) => code),
  ...Array.from({ length: 0x21 }, (_, index) => 0x7f + index),
  ...[0x061c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069],
].map((code) => String.fromCodePoint(code));

describe('the default rule', () => {
  it('lets no control or bidi character of a value into a text', () => {
    const value = fc.array(fc.oneof(fc.constantFrom(...UNSAFE), fc.string({ unit: 'grapheme', maxLength: 3 })));
    fc.assert(
      fc.property(value, (parts) => {
        const template = templateOf();
        const result = parseContents({ p1: parts.join('') }, template);
        const text = result.ok ? renderTemplate(template, result.value) : '';
        expect(UNSAFE.filter((character) => text.includes(character))).toEqual([]);
        expect(result.ok).toBe(!parts.some((part) => UNSAFE.some((character) => part.includes(character))));
      }),
    );
  });

  it.each(UNSAFE)('refuses each of them: %j', (character) => {
    expect(taken(`12${character}34`)).toBe(false);
    if (character !== '\0') expect(taken(`12${character}34`, 'any')).toBe(true);
  });

  it('names the placeholder in the refusal, and not the value', () => {
    const result = parseContents({ p1: '771204\n' }, templateOf());
    expect(result).toMatchObject({
      refusal: { reason: 'invalid_contents', message: 'v must be text without control and bidi characters.' },
    });
  });
});

describe('a rule of a placeholder', () => {
  it.each([
    ['digits', '0123456789', 'a'],
    ['digits', '', '１'],
    ['digits{4,8}', '1234', '123'],
    ['digits{4,8}', '12345678', '123456789'],
    ['text{3}', 'abc', 'abcd'],
    ['any{1,2}', '\n', ''],
    ['lines', 'a\nb', 'a\rb'],
    ['lines{3}', 'a\nb', '\u202e'],
  ])('%s takes %j and refuses %j', (rule, good, bad) => {
    expect([taken(good, rule), taken(bad, rule)]).toEqual([true, false]);
  });

  it.each(['', 'number', 'digits{}', 'digits{8,4}', 'digits{4,}', 'digits{12345}', 'digits {4}', 'text{-1}'])(
    '%j is none',
    (text) => {
      expect(parsePlaceholderRule(text)).toBeUndefined();
    },
  );

  it('is described for the caller', () => {
    expect(describeRule(ruleOf('digits{4,8}'))).toBe('digits 0-9, at least 4 and at most 8 characters');
  });
});
