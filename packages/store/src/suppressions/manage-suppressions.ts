import type { Database } from '../sql/database.js';
import { AdminError } from '../clients/manage-clients.js';

/** Whose messages a suppression stops: one client's, or with undefined every client's. */
export type SuppressionScope = string | undefined;

/** How the table writes the scope of every client. */
const EVERY_CLIENT = '';

export interface NewSuppressions {
  /** MACs of the numbers. The same one may stand here twice. */
  readonly phoneMacs: readonly Uint8Array[];
  readonly scope: SuppressionScope;
  /** The operator's words, for people. */
  readonly reason?: string | undefined;
}

/**
 * Suppresses numbers: every send whose INSERT begins after this is refused. Returns how many were not suppressed
 * before; the others keep their reason. Throws AdminError when the client is unknown.
 */
export async function addSuppressions(
  database: Database,
  { phoneMacs, scope, reason }: NewSuppressions,
): Promise<number> {
  await checkScope(database, scope);
  const added = await database.sql.count`
    INSERT INTO suppressions (phone_mac, client_id, reason)
    SELECT DISTINCT decode(mac, 'hex'), ${scope ?? EVERY_CLIENT}, ${reason ?? null}::text FROM unnest(${phoneMacs.map(hex)}::text[]) AS mac
    ORDER BY 1 ON CONFLICT DO NOTHING`;
  if (added > 0) await replan(database);
  return added;
}

/** Lifts a number's suppression of exactly this scope. Returns whether there was one. Throws AdminError when the client is unknown. */
export async function removeSuppression(
  database: Database,
  phoneMac: Uint8Array,
  scope: SuppressionScope,
): Promise<boolean> {
  await checkScope(database, scope);
  const removed = await database.sql.count`
    DELETE FROM suppressions WHERE phone_mac = decode(${hex(phoneMac)}, 'hex') AND client_id = ${scope ?? EVERY_CLIENT}`;
  return removed > 0;
}

/** Lifts a number's suppressions of every scope. Returns how many there were. */
export const removeSuppressionsOf = ({ sql }: Database, phoneMac: Uint8Array): Promise<number> =>
  sql.count`DELETE FROM suppressions WHERE phone_mac = decode(${hex(phoneMac)}, 'hex')`;

export interface SuppressionCount {
  /** Null stands for every client. */
  readonly client: string | null;
  readonly numbers: number;
}

/** Counts suppressed numbers by scope, every client first. */
export function countSuppressions({ sql }: Database): Promise<SuppressionCount[]> {
  return sql<SuppressionCount>`
    SELECT nullif(client_id, '') AS client, count(*)::int AS numbers FROM suppressions GROUP BY client_id ORDER BY client_id`;
}

const hex = (mac: Uint8Array): string => Buffer.from(mac).toString('hex');

async function checkScope({ prisma }: Database, scope: SuppressionScope): Promise<void> {
  if (scope !== undefined && !(await prisma.client.findUnique({ where: { id: scope } })))
    throw new AdminError(`there is no client ${scope}`);
}

/** See the migration: a session's plan for a few suppressions must not meet many. */
async function replan({ sql }: Database): Promise<void> {
  await sql`SELECT ardor_analyze_suppressions()::text`;
}
