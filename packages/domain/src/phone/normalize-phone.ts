import { parseMobileFast } from './fast-path.js';
import { getCountries, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/mobile';

/**
 * Normalises a mobile number to E.164 (`+8613800138000`), or undefined when it is not one.
 * `region` (ISO 3166-1 alpha-2) reads national numbers; a number in E.164 needs none.
 */
export function normalizePhone(input: string, region: string): string | undefined {
  if (!isRegion(region)) return undefined;
  const plain = parseMobileFast(input, region);
  if (plain !== undefined) return plain;
  // The library also finds numbers inside prose and extensions after them; a recipient is a number and nothing else.
  if (!/^\+?[0-9() .\-/]{3,32}$/.test(input)) return undefined;
  const number = parsePhoneNumberFromString(input, { defaultCountry: region, extract: false });
  return number?.isValid() ? number.number : undefined;
}

const REGIONS: ReadonlySet<string> = new Set(getCountries());

/** Whether numbers can be read in this region. */
export const isRegion = (region: string): region is CountryCode => REGIONS.has(region);
