import type { Lane, OnUnknown } from '@ardor/domain/message/status';
import type { Database } from '../sql/database.js';

export interface UncertainMessage {
  readonly id: string;
  readonly clientId: string;
  readonly lane: Lane;
  readonly onUnknown: OnUnknown;
  readonly attempt: number;
  /** How long it has been uncertain, in milliseconds. */
  readonly uncertainForMs: number;
}

export interface TakeUncertainOptions {
  readonly limit: number;
  /** Is written to the rows, and must be given to `settleMessages`. */
  readonly fence: string;
  /** A message that is not settled is due again after this long, in milliseconds. */
  readonly againAfterMs: number;
}

/**
 * Takes at most `limit` uncertain messages that are due, oldest first, to ask the carrier about them. Their status stays
 * `uncertain`, so this is no claim.
 */
export type TakeUncertain = (options: TakeUncertainOptions) => Promise<UncertainMessage[]>;

export function createTakeUncertain({ sql }: Database): TakeUncertain {
  return ({ limit, fence, againAfterMs }) => sql<UncertainMessage>`
    WITH due AS MATERIALIZED (
      SELECT id FROM messages WHERE status = 'uncertain' AND due_at <= now() AND expires_at > now()
      ORDER BY due_at LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
    )
    UPDATE messages m SET fence = ${fence}::uuid,
      due_at = least(now() + ${againAfterMs}::int * interval '1 millisecond', m.expires_at)
    FROM due WHERE m.id = due.id
    RETURNING m.id, m.client_id AS "clientId", m.lane, m.on_unknown AS "onUnknown", m.attempts::int AS attempt,
      (extract(epoch FROM now() - m.uncertain_since) * 1000)::int AS "uncertainForMs"`;
}
