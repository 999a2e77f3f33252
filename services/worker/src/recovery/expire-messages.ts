import type { ExpireMessages } from '@ardor/store/recovery/expire-messages';
import { limitedBatch, type Duty } from '../duties/duty.js';

/** Ends messages that are past their validity period. */
export const expireMessagesDuty = (everyMs: number, limit: number, expire: ExpireMessages): Duty => ({
  name: 'expire-messages',
  metric: 'expire',
  everyMs,
  run: async () => limitedBatch(await expire(limit), limit),
});
