import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  getCountries,
  getCountryCallingCode,
  getExampleNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/mobile';
import examples from 'libphonenumber-js/mobile/examples';
import { parseMobileFast } from './fast-path.js';

const countries = getCountries();
const asked = (input: string, region: (typeof countries)[number]): unknown => {
  const number = parsePhoneNumberFromString(input, { defaultCountry: region, extract: false });
  return number?.isValid() ? { e164: number.number, country: number.country } : undefined;
};

const digit = fc.nat({ max: 9 }).map(String);

/** A number near a country's example: its first digits, then others, now and then one too many or too few. */
const nearExample = fc
  .record({
    region: fc.constantFrom(...countries),
    keep: fc.nat({ max: 6 }),
    tail: fc.string({ unit: digit, minLength: 12, maxLength: 12 }),
    longer: fc.constantFrom(-1, 0, 0, 0, 0, 0, 1),
    form: fc.constantFrom('national', 'international', 'international', 'without plus'),
  })
  .map(({ region, keep, tail, longer, form }) => {
    const example = getExampleNumber(region, examples)?.nationalNumber ?? '';
    const national = (example.slice(0, keep) + tail).slice(0, example.length + longer);
    const code = getCountryCallingCode(region);
    const inputs = { national, international: `+${code}${national}`, 'without plus': `${code}${national}` };
    return { region, input: inputs[form] };
  });

describe('readPlainMobile', () => {
  it('reads nothing that the library reads otherwise', () => {
    let read = 0;
    fc.assert(
      fc.property(nearExample, ({ region, input }) => {
        const plain = parseMobileFast(input, region);
        if (plain === undefined) return;
        read++;
        expect({ input, region, number: plain }).toEqual({ input, region, number: asked(input, region) });
      }),
      { numRuns: 20_000 },
    );
    // Or the property above would hold of a function that reads nothing.
    expect(read).toBeGreaterThan(1_000);
  });

  it('reads the example of nearly every country whose calling code is its own, in both forms', () => {
    const codes = countries.map((country) => getCountryCallingCode(country));
    const alone = countries.filter(
      (_, index) => codes.indexOf(codes[index] ?? '1') === codes.lastIndexOf(codes[index] ?? '1'),
    );
    const unread = alone.filter((region) => {
      const example = getExampleNumber(region, examples);
      if (!example) return false;
      return (
        parseMobileFast(example.number, region)?.e164 !== example.number ||
        parseMobileFast(example.nationalNumber, region)?.e164 !== example.number
      );
    });
    expect(alone.length).toBeGreaterThan(180);
    // Those whose mobile numbers may begin with what is a prefix elsewhere.
    expect(unread.length).toBeLessThan(8);
  });

  it('leaves to the library what has to be interpreted', () => {
    for (const input of [
      '+8613800138000 ',
      '+86 13800138000',
      '8613800138000',
      '013800138000',
      '',
      '+',
      'a',
      '+999',
      '+12015550123',
    ])
      expect(parseMobileFast(input, 'CN')).toBeUndefined();
  });
});
