import type { ParkedReceipts } from '@ardor/store/receipts/parked-receipts';
import type { Duty } from '../duties/duty.js';

/**
 * Applies receipts that came before their message was stored. It looks at all of them, a page at a time, and then starts
 * over: many receipts whose message never comes must not keep the recovery steps behind this one waiting.
 */
export function applyParkedReceiptsDuty(
  everyMs: number,
  limit: number,
  receipts: Pick<ParkedReceipts, 'applyParked'>,
): Duty {
  let after: string | undefined;
  return {
    name: 'apply-parked-receipts',
    metric: 'parked_receipts',
    everyMs,
    run: async () => {
      const { applied, next } = await receipts.applyParked(limit, after);
      after = next;
      return { moved: applied, more: next !== undefined };
    },
  };
}
