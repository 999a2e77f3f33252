import type { Database } from '../sql/database.js';
import { idRange, readIds } from '../sql/ids.js';
import type { Settlement } from './settlement.js';

/**
 * Writes all settlements of a claim or a carrier lookup in one statement. A message that is no longer held under `fence` stays
 * as it is: a receipt was faster, or recovery released the claim. Returns the ids that were written.
 */
export type SettleMessages = (settlements: readonly Settlement[], fence: string) => Promise<ReadonlySet<string>>;

export function createSettleMessages({ sql }: Database): SettleMessages {
  return async (settlements, fence) => {
    if (settlements.length === 0) return new Set();
    // Sorted by id, as receipts are: two statements that lock the same rows in one order cannot deadlock.
    const ids = settlements.map(({ id }) => id).sort();
    const { low, high } = idRange(ids);
    const byId = JSON.stringify(Object.fromEntries(settlements.map((one) => [one.id, one])));
    // Each row looks its values up. For a join the planner expects one row of the fence, and reads all settlements for
    // each row: several times the cost. `status::text` has the reason given in claim-messages.ts.
    const rows = await sql<{ ids: string | null }>`
      WITH settled AS (
        UPDATE messages m SET
          (status, gateway, carrier_id, carrier_code, reason, chunk_id, due_at, uncertain_since, sent_at, final_at, payload) = (
            SELECT o.status,
              o.gateway,
              coalesce(o."carrierId", m.carrier_id),
              coalesce(o."carrierCode", m.carrier_code),
              o.reason,
              coalesce(o."chunkId", m.chunk_id),
              least(now() + coalesce(o."delayMs", 0) * interval '1 millisecond', m.expires_at),
              -- Cleared only when the carrier certainly did not receive it. Otherwise an earlier attempt may have arrived.
              CASE WHEN o.status = 'uncertain' THEN now()
                WHEN o.status = 'queuing' AND o.reason <> 'not_received' THEN m.uncertain_since END,
              CASE WHEN o.status = 'sent' THEN now() END,
              CASE WHEN o.status = 'error' THEN now() END,
              CASE WHEN o.status NOT IN ('sent', 'error') THEN m.payload END
            FROM jsonb_to_record(${byId}::jsonb -> m.id::text) AS o (status message_status, gateway text,
              "carrierId" text, "carrierCode" text, reason text, "chunkId" uuid, "delayMs" int)
          ),
          fence = NULL
        WHERE m.id = ANY(${ids}::uuid[]) AND m.id BETWEEN ${low}::uuid AND ${high}::uuid
          AND m.status::text IN ('sending', 'uncertain') AND m.fence = ${fence}::uuid
        RETURNING m.id
      )
      SELECT string_agg(id::text, ',') AS ids FROM settled`;
    return readIds(rows);
  };
}
