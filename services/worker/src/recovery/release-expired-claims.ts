import type { ReleaseClaims, ReleaseClaimsOptions } from '@ardor/store/recovery/release-claims';
import { limitedBatch, type Duty } from '../duties/duty.js';

/** Releases claims that nobody settled before they ended: their worker is dead or hangs. */
export const releaseExpiredClaimsDuty = (
  everyMs: number,
  options: ReleaseClaimsOptions,
  release: ReleaseClaims,
): Duty => ({
  name: 'release-expired-claims',
  metric: 'lapse',
  everyMs,
  run: async () => limitedBatch(await release(options), options.limit),
});
