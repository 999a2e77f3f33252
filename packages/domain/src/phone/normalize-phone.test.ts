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
      for (const [input, region] of [
        [e164, country],
        [e164, 'CN'],
        [number.formatInternational(), country],
        [number.formatNational(), country],
      ] as const)
        expect(normalizePhone(input, region)?.e164).toBe(e164);
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
    expect(normalizePhone(input, region)?.e164).toBe(expected);
  });

  it('finds the country of an example of every country but nine, whose numbers are also those of a neighbour', () => {
    const otherwise = EXAMPLES.flatMap(({ country, number }) => {
      const found = normalizePhone(number.number, 'CN')?.country;
      return found === country ? [] : [`${country} as ${found}`];
    });
    expect(otherwise.toSorted()).toEqual(
      [
        'AX as FI',
        'BL as GP',
        'CC as AU',
        'CX as AU',
        'EH as MA',
        'IM as GB',
        'MF as GP',
        'SJ as NO',
        'VA as IT',
      ].toSorted(),
    );
  });

  it.each([
    ['+12015550123', 'US'],
    ['+14165550123', 'CA'],
    ['+79161234567', 'RU'],
    ['+77011234567', 'KZ'],
    ['+447400123456', 'GB'],
    ['+447781123456', 'GG'],
    ['+38343201234', 'XK'],
    ['4165550123', 'CA'],
  ])('%s is of %s, also where others share the calling code', (input, country) => {
    expect(normalizePhone(input, 'US')?.country).toBe(country);
  });

  it.each([
    ['+80012345678', '+800'],
    ['+80812345678', '+808'],
    ['+870773111632', '+870'],
    ['+878101234567890', '+878'],
    ['+881612345678', '+881'],
    ['+88216123456', '+882'],
    ['+883510000000094', '+883'],
    ['+88812345678901', '+888'],
    ['+979123456789', '+979'],
  ])('%s is of no country: %s', (input, code) => {
    expect(normalizePhone(input, 'CN')?.country).toBe(code);
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
    expect(normalizePhone(padded(32), 'CN')?.e164).toBe('+8613800138000');
    expect(normalizePhone(padded(33), 'CN')).toBeUndefined();
  });
});

describe('isRegion', () => {
  it('knows ISO 3166 codes in capitals', () => {
    expect(['CN', 'US', 'GB'].every(isRegion)).toBe(true);
    expect(['', 'cn', 'XX', 'CHN', 'toString', '__proto__'].some(isRegion)).toBe(false);
  });
});
