import type { ParkedReceipts } from '@ardor/store/receipts/parked-receipts';
import { limitedBatch, type Duty } from '../duties/duty.js';

/** Applies receipts that came before their message was stored. */
export const applyParkedReceiptsDuty = (
  everyMs: number,
  limit: number,
  receipts: Pick<ParkedReceipts, 'applyParked'>,
): Duty => ({
  name: 'apply-parked-receipts',
  metric: 'parked_receipts',
  everyMs,
  run: async () => limitedBatch(await receipts.applyParked(limit), limit),
});
