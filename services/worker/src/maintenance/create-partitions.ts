import type { PartitionState, Partitions } from '@ardor/store/maintenance/partitions';
import { wholeBatch, type Duty } from '../duties/duty.js';

export interface CreatePartitionsDeps {
  readonly partitions: Partitions;
  readonly everyMs: number;
  readonly daysAhead: number;
  /** Gets the state after each run. */
  readonly onState: (state: PartitionState) => void;
}

/** Creates the partitions of the days to come, so that weeks without a worker do no harm. */
export const createPartitionsDuty = ({ partitions, everyMs, daysAhead, onState }: CreatePartitionsDeps): Duty => ({
  name: 'create-partitions',
  everyMs,
  run: async () => {
    try {
      return wholeBatch(await partitions.ensure(daysAhead));
    } finally {
      onState(await partitions.state());
    }
  },
});
