import type { Partitions } from '@ardor/store/recover/partitions';

/** Days that have their partition before they begin: a week without a worker does no harm. */
const DAYS_AHEAD = 7;

/** Makes the partitions to come and drops those past retention; returns how many it made or dropped. */
export function createKeepPartitions(partitions: Partitions, retentionDays: number): () => Promise<number> {
  return async () => (await partitions.ensure(DAYS_AHEAD)) + (await partitions.dropOlderThan(retentionDays));
}
