import { describe, expect, it } from '@jest/globals';
import { getCountries, getExampleNumber } from 'libphonenumber-js/mobile';
import examples from 'libphonenumber-js/mobile/examples';
import { isRegion, normalizePhone } from './normalize-phone.js';

const EXAMPLES = getCountries().flatMap((country) => {
  const number = getExampleNumber(country, examples);
  return number ? [{ country, number }] : [];
});

describe('normalizePhone', () => {
  it('knows an example of nearly every country', () => {
    expect(EXAMPLES.length).toBeGreaterThan(230);
  });

  it.each(EXAMPLES.map(({ country, number }) => [country, number] as const))(
    '%s: E.164, international and national writing are one number',
    (country, number) => {
      const e164 = number.number;
      expect(normalizePhone(e164, country)).toBe(e164);
      expect(normalizePhone(e164, 'CN')).toBe(e164);
      expect(normalizePhone(number.formatInternational(), country)).toBe(e164);
      expect(normalizePhone(number.formatNational(), country)).toBe(e164);
    },
  );

  it.each([
    ['13800138000', 'CN', '+8613800138000'],
    ['138 0013 8000', 'CN', '+8613800138000'],
    ['138-0013-8000', 'CN', '+8613800138000'],
    ['+86 138 0013 8000', 'US', '+8613800138000'],
    ['+86 (138) 0013.8000', 'CN', '+8613800138000'],
    ['0086 138 0013 8000', 'CN', '+8613800138000'],
    ['(201) 555-0123', 'US', '+12015550123'],
    ['07400 123456', 'GB', '+447400123456'],
    ['+447400123456', 'CN', '+447400123456'],
  ])('%s in %s is %s', (input, region, expected) => {
    expect(normalizePhone(input, region)).toBe(expected);
  });

  it.each([
    ['an empty text', '', 'CN'],
    ['a word', 'mobile', 'CN'],
    ['a national number of another region', '13800138000', 'US'],
    ['a number too short by a digit', '1380013800', 'CN'],
    ['a number too long by a digit', '138001380000', 'CN'],
    ['an unassigned prefix', '12000138000', 'CN'],
    ['an unknown country code', '+9991234567890', 'CN'],
    ['a landline of China', '+861012345678', 'CN'],
    ['a landline of Britain', '+442079460958', 'GB'],
    ['a national landline', '020 7946 0958', 'GB'],
    ['a toll-free number', '+448001234567', 'GB'],
    ['a short code', '10086', 'CN'],
    ['an emergency number', '110', 'CN'],
    ['letters for digits', '+1 800 FLOWERS', 'US'],
    ['a number in prose', 'call 13800138000', 'CN'],
    ['two numbers', '13800138000/13800138001', 'CN'],
    ['two numbers, by comma', '13800138000,13800138001', 'CN'],
    ['an extension', '13800138000 ext. 5', 'CN'],
    ['an extension, short', '13800138000x5', 'CN'],
    ['an extension, by semicolon', '+8613800138000;ext=5', 'CN'],
    ['a tel: URI', 'tel:+8613800138000', 'CN'],
    ['two plus signs', '++8613800138000', 'CN'],
    ['a plus sign alone', '+', 'CN'],
    ['a plus sign inside', '86+13800138000', 'CN'],
    ['a line break', '13800138000\n', 'CN'],
    ['a NUL', '13800138000\0', 'CN'],
    ['digits of another script', '１３８００１３８０００', 'CN'],
    ['an overlong text', `+8613800138000${' '.repeat(40)}`, 'CN'],
    ['a thousand digits', '1'.repeat(1000), 'CN'],
    ['only punctuation', '(((---)))', 'CN'],
    ['an unknown region', '13800138000', 'XX'],
    ['a region in small letters', '13800138000', 'cn'],
    ['no region', '13800138000', ''],
    ['a region called constructor', '+8613800138000', 'constructor'],
    ['a region called __proto__', '+8613800138000', '__proto__'],
  ])('refuses %s', (_, input, region) => {
    expect(normalizePhone(input, region)).toBeUndefined();
  });

  it('looks at 32 characters after the plus sign at most', () => {
    const padded = (length: number): string => `+86138${' '.repeat(length - 13)}00138000`;
    expect(normalizePhone(padded(32), 'CN')).toBe('+8613800138000');
    expect(normalizePhone(padded(33), 'CN')).toBeUndefined();
  });
});

describe('isRegion', () => {
  it('knows ISO 3166 codes in capitals', () => {
    expect(['CN', 'US', 'GB'].every(isRegion)).toBe(true);
    expect(['', 'cn', 'XX', 'CHN', 'toString', '__proto__'].some(isRegion)).toBe(false);
  });
});
