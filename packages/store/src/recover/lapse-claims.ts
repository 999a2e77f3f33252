import type { Database } from '../database.js';

export interface LapseOptions {
  readonly limit: number;
  /** Whether the gateway takes a reference once only, so that sending again is safe. */
  readonly deduplicates: boolean;
  /** When the carrier is asked about a message whose outcome is unknown, in milliseconds. */
  readonly lookupAfterMs: number;
}

/**
 * Takes back the claims that nobody settled in time: their worker died or hung, so what became of the message is
 * unknown. Where sending again is safe, or the template asks for it, it waits anew; else it is `uncertain`. Returns
 * how many.
 */
export type LapseClaims = (options: LapseOptions) => Promise<number>;

export function createLapseClaims({ prisma }: Database): LapseClaims {
  return ({ limit, deduplicates, lookupAfterMs }) => prisma.$executeRaw`
    WITH lapsed AS MATERIALIZED (
      SELECT id FROM messages WHERE status = 'sending' AND due_at <= now()
      ORDER BY due_at LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
    )
    UPDATE messages m SET
      status = CASE WHEN ${deduplicates} OR m.on_unknown = 'resend' THEN 'queuing' ELSE 'uncertain' END::message_status,
      uncertain_since = now(),
      fence = NULL,
      due_at = CASE WHEN ${deduplicates} OR m.on_unknown = 'resend' THEN now()
        ELSE least(now() + ${lookupAfterMs}::int * interval '1 millisecond', m.expires_at) END
    FROM lapsed WHERE m.id = lapsed.id`;
}
