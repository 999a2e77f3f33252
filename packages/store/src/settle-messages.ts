import type { Database } from './database.js';
import { idRange } from './id-range.js';
import { settlementColumns, type Settlement } from './settlement.js';

/**
 * Writes all outcomes of a claim or a look-up in one statement, each only where the message is still held under `fence`. Returns
 * the ids that were written: a receipt may have been faster, or recovery may have taken the claim back.
 */
export type SettleMessages = (settlements: readonly Settlement[], fence: string) => Promise<ReadonlySet<string>>;

export function createSettleMessages({ prisma }: Database): SettleMessages {
  return async (settlements, fence) => {
    if (settlements.length === 0) return new Set();
    // In the order of their ids, as receipts are: two statements that lock the same rows must not wait for each other.
    const of = settlementColumns(settlements.toSorted((left, right) => (left.id < right.id ? -1 : 1)));
    const { low, high } = idRange(of.ids);
    // The status as text for the reason told in claim-messages.ts.
    const rows = await prisma.$queryRaw<{ id: string }[]>`
      UPDATE messages m SET
        status = o.status::message_status,
        fence = NULL,
        gateway = o.gateway,
        carrier_id = coalesce(o.carrier_id, m.carrier_id),
        carrier_code = coalesce(o.carrier_code, m.carrier_code),
        reason = o.reason,
        chunk_id = coalesce(o.chunk_id, m.chunk_id),
        due_at = least(now() + coalesce(o.delay_ms, 0) * interval '1 millisecond', m.expires_at),
        -- Forgotten only when the carrier says that it has not taken it: else an earlier try may have arrived.
        uncertain_since = CASE
          WHEN o.status = 'uncertain' THEN now()
          WHEN o.status = 'queuing' AND o.reason <> 'not_taken' THEN m.uncertain_since END,
        sent_at = CASE WHEN o.status = 'sent' THEN now() END,
        final_at = CASE WHEN o.status = 'error' THEN now() END,
        payload = CASE WHEN o.status IN ('sent', 'error') THEN NULL ELSE m.payload END
      FROM unnest(${of.ids}::uuid[], ${of.statuses}::text[], ${of.gateways}::text[], ${of.carrierIds}::text[],
        ${of.carrierCodes}::text[], ${of.reasons}::text[], ${of.delays}::int[], ${of.chunks}::uuid[])
        AS o (id, status, gateway, carrier_id, carrier_code, reason, delay_ms, chunk_id)
      WHERE m.id = o.id AND m.id BETWEEN ${low}::uuid AND ${high}::uuid
        AND m.status::text IN ('sending', 'uncertain') AND m.fence = ${fence}::uuid
      RETURNING m.id`;
    return new Set(rows.map(({ id }) => id));
  };
}
