/** Stands in a client's countries for all that have a country. */
export const ANY_COUNTRY = 'any';

/** The calling codes that belong to no country (ITU-T E.164: global services). Most of them cost more than a country's. */
export const CODES_WITHOUT_COUNTRY: ReadonlySet<string> = new Set([
  '+800',
  '+808',
  '+870',
  '+878',
  '+881',
  '+882',
  '+883',
  '+888',
  '+979',
]);

/** Where a client may send. */
export interface Destinations {
  /** Whether every number that has a country is allowed. */
  readonly anyCountry: boolean;
  /** ISO 3166-1 alpha-2, and calling codes that belong to no country (`+881`). */
  readonly countries: ReadonlySet<string>;
  /** A number begins with one of these (`+8613`). None: every number of the countries is allowed. */
  readonly prefixes: readonly string[];
}

export interface DestinationRules {
  /** The client's region. */
  readonly region: string;
  /** Countries, calling codes that belong to no country, or `any`. None: the region only. */
  readonly countries: readonly string[];
  readonly prefixes: readonly string[];
}

/**
 * Regions whose numbers are found to be of a neighbour, because both share them. A client that may send to the region may
 * send to the neighbour too.
 */
const FOUND_AS: Readonly<Record<string, string>> = {
  AX: 'FI',
  BL: 'GP',
  CC: 'AU',
  CX: 'AU',
  EH: 'MA',
  IM: 'GB',
  MF: 'GP',
  SJ: 'NO',
  VA: 'IT',
};

/** The countries that a client's rules name, or its region where they name none. */
export const namedCountries = ({ region, countries }: Omit<DestinationRules, 'prefixes'>): readonly string[] =>
  countries.length > 0 ? countries : [region];

export function readDestinations({ region, countries, prefixes }: DestinationRules): Destinations {
  const named = namedCountries({ region, countries });
  return {
    anyCountry: named.includes(ANY_COUNTRY),
    countries: new Set(named.flatMap((country) => [country, FOUND_AS[country] ?? country])),
    prefixes,
  };
}
