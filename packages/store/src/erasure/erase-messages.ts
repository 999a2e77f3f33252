import type { Database } from '../sql/database.js';
import { idRange, readIds } from '../sql/ids.js';

/**
 * Removes what rows hold of their number and text. A waiting message ends as `erased`; one that is being sent stays as
 * it is. A row younger than a slot keeps its MAC: with it, slots are restored after Redis was wiped. Returns the ids of
 * which nothing is left; the others need another call.
 */
export type EraseMessages = (ids: readonly string[]) => Promise<ReadonlySet<string>>;

/** `slotSeconds`: how long a number's slot lasts. It was taken before its row was stored. */
export function createEraseMessages({ sql }: Database, slotSeconds: number): EraseMessages {
  return async (ids) => {
    if (ids.length === 0) return new Set();
    // Sorted by id, as settlements are: two statements that lock the same rows in one order cannot deadlock.
    const ordered = [...ids].sort();
    const { low, high } = idRange(ordered);
    // An empty MAC marks the row: a receipt that comes later leaves no carrier id in it (apply-receipts.ts).
    const rows = await sql<{ ids: string | null }>`
      WITH erased AS (
        UPDATE messages m SET
          (status, reason, final_at) = (
            SELECT CASE WHEN waits THEN 'error' ELSE m.status END, CASE WHEN waits THEN 'erased' ELSE m.reason END,
              CASE WHEN waits THEN now() ELSE m.final_at END
            FROM (SELECT m.status::text IN ('queuing', 'uncertain') AS waits) AS state
          ),
          phone_mac = CASE WHEN m.accepted_at > now() - ${slotSeconds}::int * interval '1 second' THEN m.phone_mac ELSE '' END,
          carrier_id = NULL, carrier_code = NULL, fence = NULL, payload = NULL
        WHERE m.id = ANY(${ordered}::uuid[]) AND m.id BETWEEN ${low}::uuid AND ${high}::uuid AND m.status::text <> 'sending'
        RETURNING m.id, m.phone_mac
      ), unparked AS (
        DELETE FROM parked_receipts WHERE message_id = ANY(${ordered}::uuid[])
      )
      SELECT string_agg(id::text, ',') AS ids FROM erased WHERE phone_mac = ''`;
    return readIds(rows);
  };
}
