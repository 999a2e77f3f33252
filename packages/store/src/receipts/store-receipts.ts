import { createApplyReceipts, type ApplyReceipts, type Receipt } from './apply-receipts.js';
import type { Database } from '../sql/database.js';

/**
 * Stores receipts before they are acknowledged: applies those of known messages, and parks the others. If several are
 * parked for one message, the first is kept. Returns what `applyReceipts` returns; a parked one is `no_such_message`.
 */
export function createStoreReceipts(database: Database): ApplyReceipts {
  const apply = createApplyReceipts(database);
  return async (receipts) => {
    const results = await apply(receipts);
    const early = receipts.filter((_, index) => results[index] === 'no_such_message');
    if (early.length > 0) await park(database, early);
    return results;
  };
}

async function park({ sql }: Database, receipts: readonly Receipt[]): Promise<void> {
  await sql`
    INSERT INTO parked_receipts (message_id, status, carrier_id, carrier_code)
    SELECT * FROM unnest(${receipts.map(({ id }) => id)}::uuid[], ${receipts.map(({ status }) => status)}::text[],
      ${receipts.map(({ carrierId }) => carrierId)}::text[], ${receipts.map(({ carrierCode }) => carrierCode)}::text[])
    ON CONFLICT DO NOTHING`;
}
