import { parseMobileFast } from './fast-path.js';
import type { PhoneNumber } from './phone-number.js';
import { getCountries, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/mobile';

/**
 * Normalises a mobile number to E.164 and finds its country. Several countries share +1, +7, +44 and a few other codes.
 * Returns undefined when the input is not a mobile number. Every valid number of no country passes (`+881…`, `+979…`).
 * National numbers are read in `region` (ISO 3166-1 alpha-2).
 */
export function normalizePhone(input: string, region: string): PhoneNumber | undefined {
  if (!isRegion(region)) return undefined;
  const fast = parseMobileFast(input, region);
  if (fast !== undefined) return fast;
  // The library also finds numbers inside other text, and extensions. A recipient must be a number and nothing else.
  if (!/^\+?[0-9() .\-/]{3,32}$/.test(input)) return undefined;
  const number = parsePhoneNumberFromString(input, { defaultCountry: region, extract: false });
  if (!number?.isValid()) return undefined;
  return { e164: number.number, country: number.country ?? `+${number.countryCallingCode}` };
}

const REGIONS: ReadonlySet<string> = new Set(getCountries());

/** Tells whether the library knows this region. */
export const isRegion = (region: string): region is CountryCode => REGIONS.has(region);
