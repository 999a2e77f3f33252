import { namedCountries } from '@ardor/domain/phone/destinations';
import type { Database } from '../sql/database.js';
import { AdminError } from './manage-clients.js';

/** Each send is compared with each prefix. The table checks this number too. */
export const MAX_PREFIXES = 100;

/** Where one client may send. */
export interface ClientDestinations {
  /** Countries, calling codes that belong to no country, or `any`. None: the client's region only. */
  readonly countries: readonly string[];
  /** A number begins with one of them. None: every number of the countries is allowed. */
  readonly prefixes: readonly string[];
}

/** Sets what is given, and leaves the rest. Returns what holds then, with the region in place of no country. Throws AdminError when the client is unknown or prefixes are too many. */
export async function setClientDestinations(
  { prisma }: Database,
  id: string,
  { countries, prefixes }: Partial<ClientDestinations>,
): Promise<ClientDestinations> {
  const client = await prisma.client.findUnique({ where: { id } });
  if (!client) throw new AdminError(`there is no client ${id}`);
  if (prefixes && prefixes.length > MAX_PREFIXES)
    throw new AdminError(`${prefixes.length} prefixes are given; ${MAX_PREFIXES} are allowed`);
  const data = {
    ...(countries === undefined ? {} : { countries: [...new Set(countries)] }),
    ...(prefixes === undefined ? {} : { prefixes: [...new Set(prefixes)] }),
  };
  const changed = Object.keys(data).length > 0 ? await prisma.client.update({ where: { id }, data }) : client;
  return { countries: namedCountries(changed), prefixes: changed.prefixes };
}
