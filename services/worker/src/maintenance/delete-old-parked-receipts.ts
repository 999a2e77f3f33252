import type { ParkedReceipts } from '@ardor/store/receipts/parked-receipts';
import { wholeBatch, type Duty } from '../duties/duty.js';

/** Deletes parked receipts whose message never came. */
export const deleteOldParkedReceiptsDuty = (
  everyMs: number,
  hours: number,
  receipts: Pick<ParkedReceipts, 'deleteOlderThan'>,
): Duty => ({
  name: 'delete-old-parked-receipts',
  everyMs,
  run: async () => wholeBatch(await receipts.deleteOlderThan(hours)),
});
