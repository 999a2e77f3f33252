import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import type { Destinations } from '@ardor/domain/phone/destinations';
import type { PhoneNumber } from '@ardor/domain/phone/phone-number';
import type { ClientRecord } from '@ardor/store/clients/read-clients';

/** Says why the client may not send to the number; undefined where it may. No sentence repeats the number. */
export function refuseDestination(
  { id, destinations }: Pick<ClientRecord, 'id' | 'destinations'>,
  { e164, country }: PhoneNumber,
): Refusal | undefined {
  if (!isCountryAllowed(destinations, country))
    return hasCountry(country) ? refuseCountry(id, country) : refuseCode(id, country);
  if (!isPrefixAllowed(destinations.prefixes, e164)) return refusePrefix(id, destinations.prefixes);
  return undefined;
}

/** A number of no country has its calling code there: `+881`. `any` does not stand for such numbers. */
const hasCountry = (country: string): boolean => !country.startsWith('+');

const isCountryAllowed = ({ anyCountry, countries }: Destinations, country: string): boolean =>
  anyCountry && hasCountry(country) ? true : countries.has(country);

function isPrefixAllowed(prefixes: readonly string[], e164: string): boolean {
  if (prefixes.length === 0) return true;
  for (const prefix of prefixes) if (e164.startsWith(prefix)) return true;
  return false;
}

const refuseCountry = (clientId: string, country: string): Refusal =>
  refuse('country_not_allowed', {
    message: `This client may not send to numbers of ${country}. The operator can allow it: ardor client countries ${clientId}.`,
  });

const refuseCode = (clientId: string, code: string): Refusal =>
  refuse('number_not_geographic', {
    message: `${code} belongs to no country. The operator can allow it by its code: ardor client countries ${clientId}.`,
  });

/** More would make the sentence longer than anyone reads. */
const NAMED_PREFIXES = 5;

function refusePrefix(clientId: string, prefixes: readonly string[]): Refusal {
  const named = prefixes.slice(0, NAMED_PREFIXES).join(', ');
  const others = prefixes.length > NAMED_PREFIXES ? ` or one of ${prefixes.length - NAMED_PREFIXES} others` : '';
  return refuse('prefix_not_allowed', {
    message: `A number that this client sends to begins with ${named}${others}. The operator can change this: ardor client prefixes ${clientId}.`,
  });
}
