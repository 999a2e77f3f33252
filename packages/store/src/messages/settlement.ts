import type { FailureReason } from '@ardor/domain/errors/reasons';
import type { DeferralCause } from '@ardor/domain/message/outcome';

/** The result of a claim or of a carrier lookup, as it is written to the row. */
export type Settlement =
  | { readonly id: string; readonly status: 'sent'; readonly gateway: string; readonly carrierId: string }
  | {
      readonly id: string;
      readonly status: 'error';
      readonly gateway: string;
      readonly reason: FailureReason;
      readonly carrierCode?: string;
    }
  /** The message waits again. The job `chunkId` will carry it `delayMs` from now. */
  | {
      readonly id: string;
      readonly status: 'queuing';
      readonly gateway: string;
      readonly reason: DeferralCause;
      readonly delayMs: number;
      readonly chunkId: string;
    }
  /** Recovery asks the carrier `delayMs` from now. */
  | { readonly id: string; readonly status: 'uncertain'; readonly gateway: string; readonly delayMs: number };
