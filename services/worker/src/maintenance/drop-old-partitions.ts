import type { Partitions } from '@ardor/store/maintenance/partitions';
import { wholeBatch, type Duty } from '../duties/duty.js';

/** Drops the messages of days that are past their retention, a partition at a time. */
export const dropOldPartitionsDuty = (
  everyMs: number,
  retentionDays: number,
  partitions: Pick<Partitions, 'dropOlderThan'>,
): Duty => ({
  name: 'drop-old-partitions',
  everyMs,
  run: async () => wholeBatch(await partitions.dropOlderThan(retentionDays)),
});
