import type { ReceiptStatus } from '@ardor/domain/message/outcome';
import { createApplyReceipts } from './apply-receipts.js';
import type { Database } from '../sql/database.js';
import { idRange } from '../sql/ids.js';

/** Receipts that arrived before their message was known. `store-receipts.ts` parks them. */
export interface ParkedReceipts {
  /**
   * Looks at the next `limit` parked receipts after the message id `after`, and applies those whose message is known by
   * now. A look costs the same however many are parked.
   */
  applyParked(limit: number, after?: string): Promise<AppliedPage>;
  /** Deletes at most `limit` receipts that have been parked for longer than `hours`. Returns how many. */
  deleteOlderThan(hours: number, limit: number): Promise<number>;
}

export interface AppliedPage {
  readonly applied: number;
  /** The next page begins after this message id. Undefined on the last page. */
  readonly next: string | undefined;
}

const FIRST = '00000000-0000-0000-0000-000000000000';

interface Row {
  readonly id: string;
  readonly status: ReceiptStatus;
  readonly carrierId: string;
  readonly carrierCode: string | null;
}

export function createParkedReceipts(database: Database): ParkedReceipts {
  const { sql } = database;
  const apply = createApplyReceipts(database);
  return {
    applyParked: async (limit, after = FIRST) => {
      const parked = await sql<Row>`
        SELECT message_id AS id, status, carrier_id AS "carrierId", carrier_code AS "carrierCode"
        FROM parked_receipts WHERE message_id > ${after}::uuid ORDER BY message_id LIMIT ${limit}::int`;
      const next = parked.length < limit ? undefined : parked.at(-1)?.id;
      if (parked.length === 0) return { applied: 0, next };
      const ids = parked.map(({ id }) => id);
      const { low, high } = idRange(ids);
      const stored = await sql<{ id: string }>`
        SELECT id FROM messages WHERE id = ANY(${ids}::uuid[]) AND id BETWEEN ${low}::uuid AND ${high}::uuid`;
      if (stored.length === 0) return { applied: 0, next };
      const known = new Set(stored.map(({ id }) => id));
      await apply(parked.filter(({ id }) => known.has(id)));
      const applied = await sql.count`DELETE FROM parked_receipts WHERE message_id = ANY(${[...known]}::uuid[])`;
      return { applied, next };
    },
    deleteOlderThan: (hours, limit) => sql.count`
      WITH old AS MATERIALIZED (
        SELECT message_id FROM parked_receipts WHERE received_at < now() - ${hours}::int * interval '1 hour'
        ORDER BY received_at LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
      )
      DELETE FROM parked_receipts p USING old WHERE p.message_id = old.message_id`,
  };
}
