import type { ReceiptStatus } from '@ardor/domain/message/outcome';
import { createApplyReceipts, type ApplyReceipts, type Receipt } from './apply-receipts.js';
import type { Database } from '../sql/database.js';

/**
 * Stores every receipt before it is acknowledged. A receipt of an unknown message is parked until the message is known.
 * If several are parked for one message, the first is kept.
 */
export interface ParkedReceipts {
  /** Applies receipts and parks those of unknown messages. Returns what `applyReceipts` returns. */
  readonly applyOrPark: ApplyReceipts;
  /** Applies at most `limit` parked receipts whose messages are known by now. Returns how many. */
  applyParked(limit: number): Promise<number>;
  /** Deletes receipts that have been parked for longer than `hours`. Returns how many. */
  deleteOlderThan(hours: number): Promise<number>;
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
  const park = async (receipts: readonly Receipt[]): Promise<void> => {
    await sql`
      INSERT INTO parked_receipts (message_id, status, carrier_id, carrier_code)
      SELECT * FROM unnest(${receipts.map(({ id }) => id)}::uuid[], ${receipts.map(({ status }) => status)}::text[],
        ${receipts.map(({ carrierId }) => carrierId)}::text[], ${receipts.map(({ carrierCode }) => carrierCode)}::text[])
      ON CONFLICT DO NOTHING`;
  };
  return {
    applyOrPark: async (receipts) => {
      const results = await apply(receipts);
      const unknown = receipts.filter((_, index) => results[index] === 'unknown');
      if (unknown.length > 0) await park(unknown);
      return results;
    },
    applyParked: async (limit) => {
      const parked = await sql<Row>`
        SELECT message_id AS id, status, carrier_id AS "carrierId", carrier_code AS "carrierCode"
        FROM parked_receipts p WHERE EXISTS (SELECT FROM messages m WHERE m.id = p.message_id) LIMIT ${limit}::int`;
      if (parked.length === 0) return 0;
      await apply(parked);
      return sql.count`DELETE FROM parked_receipts WHERE message_id = ANY(${parked.map(({ id }) => id)}::uuid[])`;
    },
    deleteOlderThan: (hours) =>
      sql.count`DELETE FROM parked_receipts WHERE received_at < now() - ${hours}::int * interval '1 hour'`,
  };
}
