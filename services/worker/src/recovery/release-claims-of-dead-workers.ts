import type { ReleaseClaims, ReleaseClaimsOptions } from '@ardor/store/recovery/release-claims';
import { limitedBatch, nothingDone, type Duty } from '../duties/duty.js';
import type { Heartbeat } from './heartbeat.js';

/**
 * Releases the claims of workers whose lease has ended, before those claims end. It does nothing until this worker has
 * held its own lease for its full length: after an outage of the database no worker has, and a lease says nothing.
 */
export const releaseClaimsOfDeadWorkersDuty = (
  everyMs: number,
  options: ReleaseClaimsOptions,
  release: ReleaseClaims,
  heartbeat: Pick<Heartbeat, 'isStable'>,
): Duty => ({
  name: 'release-claims-of-dead-workers',
  metric: 'take_over',
  everyMs,
  run: async () => (heartbeat.isStable() ? limitedBatch(await release(options), options.limit) : nothingDone),
});
