import { clientCountryKey } from './client-country.js';
import type { ClientQuota, CountryCap } from './client-quota.js';

/** The quota that a send counts for. */
export interface QuotaUse {
  readonly quota: ClientQuota;
  /** The country of the number: ISO 3166-1 alpha-2, or the calling code with a plus where there is no country. */
  readonly country: string;
}

/** The sends of one client to one country. */
export interface QuotaGroup extends QuotaUse {
  /** Sends an hour. */
  readonly cap: number | undefined;
}

export interface PackedQuotas {
  /** QUOTAS of `lua/lib/quotas.lua`. */
  readonly args: readonly (string | number | Buffer)[];
  /** By their position in QUOTAS, from 0. */
  readonly groups: readonly QuotaGroup[];
}

/** Tells a script which quota each slot counts for, in a few arguments for all slots of a client. */
export function packQuotas(uses: readonly QuotaUse[], capOf: CountryCap): PackedQuotas {
  const clients = new Map<string, number>();
  const clientArgs: (string | number)[] = [];
  const groupArgs: (string | number)[] = [];
  const groups: QuotaGroup[] = [];
  const positions = new Map<string, number>();
  const indexes = Buffer.allocUnsafe(uses.length * 2);
  let last: QuotaUse | undefined;
  let position = 0;
  let at = 0;
  const positionOf = ({ quota, country }: QuotaUse): number => {
    const key = clientCountryKey(quota.clientId, country);
    const known = positions.get(key);
    if (known !== undefined) return known;
    let client = clients.get(quota.clientId);
    if (client === undefined) {
      clients.set(quota.clientId, (client = clients.size + 1));
      clientArgs.push(quota.clientId, quota.sendsPerSecond ?? NONE, quota.sendsPerDay ?? NONE);
    }
    const cap = capOf(quota, country);
    groupArgs.push(client, country, cap ?? NONE);
    positions.set(key, groups.push({ quota, country, cap }));
    return groups.length;
  };
  for (const use of uses) {
    // Neighbours are mostly of one client and one country.
    if (last?.quota !== use.quota || last.country !== use.country) position = positionOf(use);
    last = use;
    at = indexes.writeUInt16BE(position, at);
  }
  return { args: [groups.length > 1 ? indexes : '', clients.size, ...clientArgs, ...groupArgs], groups };
}

/** An empty limit. */
const NONE = '';
