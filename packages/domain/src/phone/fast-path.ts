import { getCountries, getCountryCallingCode, Metadata, type CountryCode } from 'libphonenumber-js/mobile';
import type { PhoneNumber } from './phone-number.js';

/** The parts of the library's metadata that we read. Its typings omit most of them. */
interface Plan {
  nationalNumberPattern(): string;
  nationalPrefixForParsing(): string | undefined;
  IDDPrefix(): string | undefined;
  type(name: 'MOBILE'): { pattern(): string; possibleLengths(): number[] } | undefined;
}

interface Region {
  readonly country: CountryCode;
  readonly callingCode: string;
  readonly isMobile: (national: string) => boolean;
}

/** Countries that do not share their calling code, by country and by calling code. */
const [byCountry, byCallingCode] = readRegions();

/**
 * Parses mobile numbers that need no interpretation. Such a number has digits only, with a plus before a calling code. Its country shares the calling code with no other, and it has no prefix to remove. Undefined
 * means: ask the library. The library reads the same numbers alike, but takes 8 µs instead of 0.5 (a test compares both).
 */
export function parseMobileFast(input: string, region: string): PhoneNumber | undefined {
  if (!input.startsWith('+')) {
    const plan = byCountry.get(region);
    return plan?.isMobile(input) ? { e164: `+${plan.callingCode}${input}`, country: plan.country } : undefined;
  }
  // Calling codes have one to three digits, and no code is the beginning of another.
  for (let length = 1; length <= 3; length++) {
    const plan = byCallingCode.get(input.slice(1, 1 + length));
    if (plan) return plan.isMobile(input.slice(1 + length)) ? { e164: input, country: plan.country } : undefined;
  }
  return undefined;
}

function readRegions(): [ReadonlyMap<string, Region>, ReadonlyMap<string, Region>] {
  const [countries, codes] = [new Map<string, Region>(), new Map<string, Region>()];
  const all = getCountries().map((country) => ({ country, code: getCountryCallingCode(country) }));
  for (const { country, code } of all) {
    const region = describe(code, country);
    if (!region || all.filter((one) => one.code === code).length > 1) continue;
    countries.set(country, region);
    codes.set(code, region);
  }
  return [countries, codes];
}

function describe(callingCode: string, country: CountryCode): Region | undefined {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  const plan = metadata.numberingPlan as unknown as Plan;
  const mobile = plan.type('MOBILE');
  if (!mobile) return undefined;
  const lengths = new Set(mobile.possibleLengths());
  // Prefixes that callers dial before a number: national prefix, carrier code, international prefix.
  const dialPrefixes = [plan.nationalPrefixForParsing(), plan.IDDPrefix()].filter(Boolean);
  const [prefixed, general] = [dialPrefixes.map((one) => `(?!${one})`).join(''), plan.nationalNumberPattern()];
  const whole = new RegExp(`^${prefixed}(?=(?:${general})$)(?:${mobile.pattern()})$`);
  return { country, callingCode, isMobile: (national) => lengths.has(national.length) && whole.test(national) };
}
