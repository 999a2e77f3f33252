import type { ParkedReceipts } from '@ardor/store/receipts/parked-receipts';
import type { Partitions } from '@ardor/store/maintenance/partitions';

/** Days that have their partition before they begin: a week without a worker does no harm. */
const DAYS_AHEAD = 7;

export interface MaintenanceDeps {
  readonly partitions: Partitions;
  readonly receipts: Pick<ParkedReceipts, 'deleteOlderThan'>;
  readonly retentionDays: number;
  readonly parkedReceiptHours: number;
}

/** What has to be done now and then: makes the partitions to come, drops old ones, forgets old parked receipts. */
export function createMaintenance({
  partitions,
  receipts,
  retentionDays,
  parkedReceiptHours,
}: MaintenanceDeps): () => Promise<void> {
  return async () => {
    await partitions.ensure(DAYS_AHEAD);
    await partitions.dropOlderThan(retentionDays);
    await receipts.deleteOlderThan(parkedReceiptHours);
  };
}
