import { parseMobileFast } from './fast-path.js';
import { getCountries, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/mobile';

/**
 * Normalises a mobile number to E.164 (`+8613800138000`). Returns undefined when the input is not a mobile number.
 * National numbers are read in `region` (ISO 3166-1 alpha-2).
 */
export function normalizePhone(input: string, region: string): string | undefined {
  if (!isRegion(region)) return undefined;
  const fast = parseMobileFast(input, region);
  if (fast !== undefined) return fast;
  // The library also finds numbers inside other text, and extensions. A recipient must be a number and nothing else.
  if (!/^\+?[0-9() .\-/]{3,32}$/.test(input)) return undefined;
  const number = parsePhoneNumberFromString(input, { defaultCountry: region, extract: false });
  return number?.isValid() ? number.number : undefined;
}

const REGIONS: ReadonlySet<string> = new Set(getCountries());

/** Tells whether the library knows this region. */
export const isRegion = (region: string): region is CountryCode => REGIONS.has(region);
