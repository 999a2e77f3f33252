import type { Database } from '../sql/database.js';
import { idRange } from '../sql/ids.js';

export interface ReleaseClaimsOptions {
  readonly limit: number;
  /** Whether the gateway takes a reference once only, so that sending again is safe. */
  readonly deduplicates: boolean;
  /** When the carrier is asked about a message whose outcome is unknown, in milliseconds. */
  readonly lookupAfterMs: number;
}

/**
 * Takes back claims that nobody will settle, so that what became of the message is unknown. Where sending again is
 * safe, or the template asks for it, it waits anew; else it is `uncertain`. Returns how many.
 */
export type ReleaseClaims = (options: ReleaseClaimsOptions) => Promise<number>;

interface Claim {
  readonly id: string;
  readonly fence: string;
}

/** The claims that were not settled in time, of whichever worker. */
export function createReleaseExpiredClaims(database: Database): ReleaseClaims {
  return async ({ limit, ...options }) => {
    const claims = await database.sql<Claim>`
      SELECT id, fence FROM messages WHERE status = 'sending' AND due_at <= now() ORDER BY due_at LIMIT ${limit}::int
      FOR UPDATE SKIP LOCKED`;
    return lapse(database, claims, options);
  };
}

/** The claims of workers that have stopped saying that they live. */
export function createReclaimFromDeadWorkers(database: Database): ReleaseClaims {
  return async ({ limit, ...options }) => {
    const claims = await database.sql<Claim>`
      SELECT m.id, m.fence FROM messages m
      WHERE m.status = 'sending' AND m.worker NOT IN (SELECT id FROM workers WHERE alive_until > now())
      LIMIT ${limit}::int FOR UPDATE OF m SKIP LOCKED`;
    return lapse(database, claims, options);
  };
}

/** By fence: what was settled since, and perhaps claimed anew, is left alone. */
async function lapse(
  { sql }: Database,
  claims: readonly Claim[],
  { deduplicates, lookupAfterMs }: Omit<ReleaseClaimsOptions, 'limit'>,
): Promise<number> {
  if (claims.length === 0) return 0;
  const ids = claims.map(({ id }) => id);
  const { low, high } = idRange(ids);
  return sql.count`
    UPDATE messages m SET
      status = CASE WHEN ${deduplicates} OR m.on_unknown = 'resend' THEN 'queuing' ELSE 'uncertain' END::message_status,
      uncertain_since = now(),
      fence = NULL,
      due_at = CASE WHEN ${deduplicates} OR m.on_unknown = 'resend' THEN now()
        ELSE least(now() + ${lookupAfterMs}::int * interval '1 millisecond', m.expires_at) END
    FROM unnest(${ids}::uuid[], ${claims.map(({ fence }) => fence)}::uuid[]) AS c (id, fence)
    WHERE m.id = c.id AND m.id BETWEEN ${low}::uuid AND ${high}::uuid AND m.fence = c.fence AND m.status::text = 'sending'`;
}
