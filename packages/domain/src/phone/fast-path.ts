import { getCountries, getCountryCallingCode, Metadata, type CountryCode } from 'libphonenumber-js/mobile';

/** What the library knows of a country's numbers; its typings leave most of it out. */
interface Plan {
  nationalNumberPattern(): string;
  nationalPrefixForParsing(): string | undefined;
  IDDPrefix(): string | undefined;
  type(name: 'MOBILE'): { pattern(): string; possibleLengths(): number[] } | undefined;
}

interface Region {
  readonly callingCode: string;
  readonly isMobile: (national: string) => boolean;
}

/** Of the countries that share their calling code with no other, by country and by calling code. */
const [byCountry, byCallingCode] = readRegions();

/**
 * Reads the mobile numbers that need no interpretation: nothing but digits (a plus before those that begin with a
 * calling code), of a country that shares its calling code with no other, without a prefix to be taken off. Gives E.164.
 * Undefined means that the library has to be asked, and nothing else: what this reads, the library reads alike, in 8 µs
 * instead of half a one.
 */
export function parseMobileFast(input: string, region: string): string | undefined {
  if (!input.startsWith('+')) {
    const plan = byCountry.get(region);
    return plan?.isMobile(input) ? `+${plan.callingCode}${input}` : undefined;
  }
  // Calling codes have one to three digits, and none begins another.
  for (let length = 1; length <= 3; length++) {
    const plan = byCallingCode.get(input.slice(1, 1 + length));
    if (plan) return plan.isMobile(input.slice(1 + length)) ? input : undefined;
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
  // What stands before a number: the national prefix or a carrier's code, and the way out of the country.
  const before = [plan.nationalPrefixForParsing(), plan.IDDPrefix()].filter(Boolean);
  const [prefixed, general] = [before.map((one) => `(?!${one})`).join(''), plan.nationalNumberPattern()];
  const whole = new RegExp(`^${prefixed}(?=(?:${general})$)(?:${mobile.pattern()})$`);
  return { callingCode, isMobile: (national) => lengths.has(national.length) && whole.test(national) };
}
