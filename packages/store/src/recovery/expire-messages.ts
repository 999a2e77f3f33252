import type { Database } from '../sql/database.js';

/**
 * Ends messages whose time is over: those that waited are `expired`, or `gateway_unavailable` when that is what kept
 * them; those whose outcome nobody told are `outcome_unknown`. At most `limit` of them, oldest first; returns how
 * many. Rows that another copy is working on are passed over.
 */
export type ExpireMessages = (limit: number) => Promise<number>;

export function createExpireMessages({ sql }: Database): ExpireMessages {
  return (limit) => sql.count`
    WITH over AS MATERIALIZED (
      SELECT id FROM messages
      WHERE status IN ('queuing', 'uncertain') AND expires_at <= now()
      ORDER BY expires_at LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
    )
    UPDATE messages m SET
      status = 'error',
      reason = CASE
        WHEN m.status = 'uncertain' OR m.uncertain_since IS NOT NULL THEN 'outcome_unknown'
        WHEN m.reason = 'gateway_unavailable' THEN 'gateway_unavailable'
        ELSE 'expired' END,
      final_at = now(), fence = NULL, payload = NULL
    FROM over WHERE m.id = over.id`;
}
