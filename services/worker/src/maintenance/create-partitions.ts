import type { Partitions } from '@ardor/store/maintenance/partitions';
import { wholeBatch, type Duty } from '../duties/duty.js';

/** Days that have their partition before they begin: a week without a worker does no harm. */
const DAYS_AHEAD = 7;

/** Makes the partitions of the days to come. */
export const createPartitionsDuty = (everyMs: number, partitions: Pick<Partitions, 'ensure'>): Duty => ({
  name: 'create-partitions',
  everyMs,
  run: async () => wholeBatch(await partitions.ensure(DAYS_AHEAD)),
});
