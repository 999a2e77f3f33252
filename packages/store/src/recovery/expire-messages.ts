import type { Database } from '../sql/database.js';

/**
 * Ends at most `limit` messages whose validity is over, oldest first, and returns how many. The reason is
 * `outcome_unknown` when a carrier may have received the message, else `gateway_unavailable` or `undecipherable` when
 * that delayed it last, else `expired`. Rows that another worker has locked are skipped.
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
        WHEN m.reason IN ('gateway_unavailable', 'undecipherable') THEN m.reason
        ELSE 'expired' END,
      final_at = now(), fence = NULL, payload = NULL
    FROM over WHERE m.id = over.id`;
}
