import type { ClientQuota } from '@ardor/rate-limits/client-quota';
import type { QuotaLimit } from '@ardor/store/clients/quota-limits';
import type { ClientRecord } from '@ardor/store/clients/read-clients';

/** The quota of clients that have none of their own. */
export interface QuotaDefaults {
  readonly clientSendsPerSecond: number | 'none';
  readonly clientSendsPerDay: number | 'none';
  /** Undefined: half of the system's. One client alone cannot use up what all have. */
  readonly clientQueriesPerSecond: number | 'none' | undefined;
  readonly queryLimitPerSecond: number;
  readonly countryCapFloor: number | 'none';
}

export type QuotaOf = (client: ClientRecord) => ClientQuota;

/** Resolves a client's quota once for each of its records. */
export function createQuotaOf(defaults: QuotaDefaults): QuotaOf {
  const known = new WeakMap<ClientRecord, ClientQuota>();
  const queries = defaults.clientQueriesPerSecond ?? Math.ceil(defaults.queryLimitPerSecond / 2);
  return (client) => {
    const quota = known.get(client);
    if (quota) return quota;
    const { limits } = client;
    const resolved: ClientQuota = {
      clientId: client.id,
      sendsPerSecond: resolve(limits.sendsPerSecond, defaults.clientSendsPerSecond),
      sendsPerDay: resolve(limits.sendsPerDay, defaults.clientSendsPerDay),
      queriesPerSecond: resolve(limits.queriesPerSecond, queries),
      countryCapFloor: resolve(limits.countryCapFloor, defaults.countryCapFloor),
    };
    known.set(client, resolved);
    return resolved;
  };
}

function resolve(limit: QuotaLimit, byDefault: number | 'none'): number | undefined {
  const resolved = limit === 'default' ? byDefault : limit;
  return resolved === 'none' ? undefined : resolved;
}
