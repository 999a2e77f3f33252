/** The key of a client and a country in a Map. No client id has a space. */
export const clientCountryKey = (clientId: string, country: string): string => `${clientId} ${country}`;
