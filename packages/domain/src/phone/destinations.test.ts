import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { getCountries, getExampleNumber } from 'libphonenumber-js/mobile';
import examples from 'libphonenumber-js/mobile/examples';
import { CODES_WITHOUT_COUNTRY, readDestinations } from './destinations.js';
import { normalizePhone } from './normalize-phone.js';

const none = { countries: [], prefixes: [] };

describe('where a client may send', () => {
  it('is its own region by default', () => {
    const { anyCountry, countries, prefixes } = readDestinations({ region: 'CN', ...none });
    expect({ anyCountry, countries: [...countries], prefixes }).toEqual({
      anyCountry: false,
      countries: ['CN'],
      prefixes: [],
    });
  });

  it('does not have the region that it does not name', () => {
    const { countries } = readDestinations({ region: 'CN', countries: ['HK', '+881'], prefixes: [] });
    expect([...countries]).toEqual(['HK', '+881']);
  });

  it('has the numbers of every region by its own name, also those that are found to be of a neighbour', () => {
    const missing = getCountries().filter((region) => {
      const example = getExampleNumber(region, examples)?.number;
      const country = example && normalizePhone(example, region)?.country;
      return country && !readDestinations({ region, ...none }).countries.has(country);
    });
    expect(missing).toEqual([]);
  });
});

it('knows every calling code that the library gives to no country', () => {
  const metadata = createRequire(import.meta.url)('libphonenumber-js/metadata.mobile.json') as {
    readonly nonGeographic: Readonly<Record<string, unknown>>;
  };
  expect([...CODES_WITHOUT_COUNTRY]).toEqual(Object.keys(metadata.nonGeographic).map((code) => `+${code}`));
});
