import type { DropOldPartition, DropResult } from '@ardor/store/maintenance/drop-old-partition';
import { limitedBatch, type Duty } from '../duties/duty.js';

export interface DropOldPartitionsDeps {
  readonly dropOldPartition: DropOldPartition;
  readonly everyMs: number;
  readonly retentionDays: number;
  readonly onResult: (result: DropResult) => void;
}

/** Drops the messages of days that are past their retention, one partition a batch. */
export const dropOldPartitionsDuty = (deps: DropOldPartitionsDeps): Duty => ({
  name: 'drop-old-partitions',
  everyMs: deps.everyMs,
  run: async () => {
    const result = await deps.dropOldPartition(deps.retentionDays);
    deps.onResult(result);
    return limitedBatch(result === 'dropped' ? 1 : 0, 1);
  },
});
