import type { Database } from '../sql/database.js';
import { idRange } from '../sql/ids.js';

export interface ReleaseClaimsOptions {
  readonly limit: number;
  /** Whether the carrier drops a reference that it has received before, so that sending again is safe. */
  readonly deduplicates: boolean;
  /** The carrier is asked about an uncertain message after this long, in milliseconds. */
  readonly lookupAfterMs: number;
}

/**
 * Releases claims that nobody will settle. The carrier may have received these messages. They go back to `queuing` when
 * sending again is safe or the template asks for it, else to `uncertain`. Returns how many were released.
 */
export type ReleaseClaims = (options: ReleaseClaimsOptions) => Promise<number>;

interface Claim {
  readonly id: string;
  readonly fence: string;
}

/** Releases claims of any worker that were not settled in time. */
export function createReleaseExpiredClaims(database: Database): ReleaseClaims {
  return async ({ limit, ...options }) => {
    const claims = await database.sql<Claim>`
      SELECT id, fence FROM messages WHERE status = 'sending' AND due_at <= now() ORDER BY due_at LIMIT ${limit}::int
      FOR UPDATE SKIP LOCKED`;
    return release(database, claims, options);
  };
}

/** Releases claims of workers whose lease has ended. */
export function createReleaseClaimsOfDeadWorkers(database: Database): ReleaseClaims {
  return async ({ limit, ...options }) => {
    const claims = await database.sql<Claim>`
      SELECT m.id, m.fence FROM messages m
      WHERE m.status = 'sending' AND m.worker NOT IN (SELECT id FROM workers WHERE alive_until > now())
      LIMIT ${limit}::int FOR UPDATE OF m SKIP LOCKED`;
    return release(database, claims, options);
  };
}

/** Compares the fence, because a message may have been settled and claimed again since it was read. */
async function release(
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
