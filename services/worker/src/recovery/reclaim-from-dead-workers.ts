import type { ReleaseClaims, ReleaseClaimsOptions } from '@ardor/store/recovery/release-claims';
import { limitedBatch, wholeBatch, type Duty } from '../duties/duty.js';
import type { Heartbeat } from './heartbeat.js';

/**
 * Takes back the claims of workers that stopped beating, before those claims end. It does nothing until this worker has
 * beaten for a whole lease: after an outage of the database no worker has beaten, and their silence says nothing.
 */
export const reclaimFromDeadWorkersDuty = (
  everyMs: number,
  options: ReleaseClaimsOptions,
  reclaim: ReleaseClaims,
  heartbeat: Pick<Heartbeat, 'isStable'>,
): Duty => ({
  name: 'reclaim-from-dead-workers',
  metric: 'take_over',
  everyMs,
  run: async () => (heartbeat.isStable() ? limitedBatch(await reclaim(options), options.limit) : wholeBatch(0)),
});
