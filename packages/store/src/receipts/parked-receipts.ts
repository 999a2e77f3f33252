import type { ReceiptStatus } from '@ardor/domain/message/outcome';
import { createApplyReceipts, type ApplyReceipts, type Receipt } from './apply-receipts.js';
import type { Database } from '../sql/database.js';

/**
 * The receipts' inbox: what a receipt tells is stored before it is acknowledged, in the message's row where there is
 * one, else parked until there is. Of several for one message the first is kept.
 */
export interface ParkedReceipts {
  /** As `applyReceipts`, but what is unknown is parked. */
  readonly applyOrPark: ApplyReceipts;
  /** Applies what was parked for messages that are known by now, at most `limit`; returns how many. */
  applyParked(limit: number): Promise<number>;
  /** Forgets what has been parked for longer than `hours`; returns how many. */
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
