import type { ReceiptStatus } from '@ardor/domain/message/outcome';
import { createApplyReceipts } from './apply-receipts.js';
import type { Database } from '../sql/database.js';

/** Receipts that arrived before their message was known. `store-receipts.ts` parks them. */
export interface ParkedReceipts {
  /** Applies at most `limit` parked receipts whose messages are known by now. Returns how many. */
  applyParked(limit: number): Promise<number>;
  /** Deletes at most `limit` receipts that have been parked for longer than `hours`. Returns how many. */
  deleteOlderThan(hours: number, limit: number): Promise<number>;
}

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
    applyParked: async (limit) => {
      const parked = await sql<Row>`
        SELECT message_id AS id, status, carrier_id AS "carrierId", carrier_code AS "carrierCode"
        FROM parked_receipts p WHERE EXISTS (SELECT FROM messages m WHERE m.id = p.message_id) LIMIT ${limit}::int`;
      if (parked.length === 0) return 0;
      await apply(parked);
      return sql.count`DELETE FROM parked_receipts WHERE message_id = ANY(${parked.map(({ id }) => id)}::uuid[])`;
    },
    deleteOlderThan: (hours, limit) => sql.count`
      WITH old AS MATERIALIZED (
        SELECT message_id FROM parked_receipts WHERE received_at < now() - ${hours}::int * interval '1 hour'
        ORDER BY received_at LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
      )
      DELETE FROM parked_receipts p USING old WHERE p.message_id = old.message_id`,
  };
}
