import type { Database } from '../sql/database.js';
import { AdminError } from './manage-clients.js';

/** `none`: nothing bounds it. `default`: the setting of the ingress does. */
export type QuotaLimit = number | 'none' | 'default';

/** What one client may use. */
export interface QuotaLimits {
  /** In any second. */
  readonly sendsPerSecond: QuotaLimit;
  /** In a day of UTC. */
  readonly sendsPerDay: QuotaLimit;
  /** In any second. */
  readonly queriesPerSecond: QuotaLimit;
  /** Sends to one country in an hour that are always allowed. */
  readonly countryCapFloor: QuotaLimit;
}

/** The columns of a client's row. */
export type QuotaColumns = { readonly [limit in keyof QuotaLimits]: number | null };

/** How a column holds `none`. */
const NONE = 0;

export const readQuota = (columns: QuotaColumns): QuotaLimits => ({
  sendsPerSecond: toLimit(columns.sendsPerSecond),
  sendsPerDay: toLimit(columns.sendsPerDay),
  queriesPerSecond: toLimit(columns.queriesPerSecond),
  countryCapFloor: toLimit(columns.countryCapFloor),
});

function toLimit(column: number | null): QuotaLimit {
  if (column === null) return 'default';
  return column === NONE ? 'none' : column;
}

function toColumn(limit: QuotaLimit): number | null {
  if (limit === 'default') return null;
  return limit === 'none' ? NONE : limit;
}

/** Sets the limits that are given, and leaves the others. Throws AdminError when the client is unknown. */
export async function setClientQuota(
  { prisma }: Database,
  id: string,
  limits: Partial<QuotaLimits>,
): Promise<QuotaLimits> {
  const client = await prisma.client.findUnique({ where: { id } });
  if (!client) throw new AdminError(`there is no client ${id}`);
  const data = Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, toColumn(limit)]));
  return readQuota(Object.keys(data).length > 0 ? await prisma.client.update({ where: { id }, data }) : client);
}
