import type { ParkedReceipts } from '@ardor/store/receipts/parked-receipts';
import { limitedBatch, type Duty } from '../duties/duty.js';

/** Takes 0.1 s. All at once, a million rows would exceed the statement's timeout at each try, and never go. */
const BATCH = 10_000;

/** Deletes parked receipts whose message never came. */
export const deleteOldParkedReceiptsDuty = (
  everyMs: number,
  hours: number,
  receipts: Pick<ParkedReceipts, 'deleteOlderThan'>,
): Duty => ({
  name: 'delete-old-parked-receipts',
  everyMs,
  run: async () => limitedBatch(await receipts.deleteOlderThan(hours, BATCH), BATCH),
});
