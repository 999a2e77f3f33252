import { ANY_COUNTRY, CODES_WITHOUT_COUNTRY } from '@ardor/domain/phone/destinations';
import { isRegion } from '@ardor/domain/phone/normalize-phone';
import { setClientDestinations, type ClientDestinations } from '@ardor/store/clients/client-destinations';
import { AdminError } from '@ardor/store/clients/manage-clients';
import type { Command } from 'commander';
import { parseId } from '../arguments.js';
import { withDatabase } from '../open-admin.js';
import { printJson } from '../print.js';

export const COUNTRIES = 'countries (CN HK), calling codes of no country (+881), any, or default (its region)';

/** `ardor client countries|prefixes <client_id>`: sets where a client may send, and prints all of it. */
export function addDestinations(client: Command): void {
  client
    .command('countries')
    .description('the countries that a client may send to; alone it shows them')
    .argument('<client_id>', '', parseId)
    .argument('[countries...]', COUNTRIES)
    .action((id: string, words: readonly string[]) => set(id, words.length > 0 && { countries: readCountries(words) }));
  client
    .command('prefixes')
    .description('what a number of these countries has to begin with; alone it shows them')
    .argument('<client_id>', '', parseId)
    .argument('[prefixes...]', 'calling code and first digits (+8613 +8615), or any')
    .action((id: string, words: readonly string[]) => set(id, words.length > 0 && { prefixes: readPrefixes(words) }));
}

const set = (id: string, given: Partial<ClientDestinations> | false): Promise<void> =>
  withDatabase(async (database) => printJson(await setClientDestinations(database, id, given || {})));

/** Returns what is stored for these words. Throws AdminError when one is wrong. */
export function readCountries(words: readonly string[]): readonly string[] {
  if (words.length === 1 && words[0] === 'default') return [];
  const wrong = words.find((word) => word !== ANY_COUNTRY && !isRegion(word) && !CODES_WITHOUT_COUNTRY.has(word));
  if (wrong !== undefined)
    throw new AdminError(
      `${wrong} is no country: two capitals such as CN, a calling code of no country such as +881, any, or default alone`,
    );
  return words;
}

/** A calling code and more digits, no longer than a number of E.164. */
const PREFIX = /^\+[1-9][0-9]{0,14}$/;

function readPrefixes(words: readonly string[]): readonly string[] {
  if (words.length === 1 && words[0] === 'any') return [];
  const wrong = words.find((word) => !PREFIX.test(word));
  if (wrong !== undefined)
    throw new AdminError(`${wrong} is no prefix: a plus, a calling code and first digits such as +8613, or any alone`);
  return words;
}
