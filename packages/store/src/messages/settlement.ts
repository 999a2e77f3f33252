import type { FailureReason } from '@ardor/domain/errors/reasons';
import type { DeferralCause } from '@ardor/domain/message/outcome';

/** What a claim or a look-up came to, ready to be written. */
export type Settlement =
  | { readonly id: string; readonly status: 'sent'; readonly gateway: string; readonly carrierId: string }
  | {
      readonly id: string;
      readonly status: 'error';
      readonly gateway: string;
      readonly reason: FailureReason;
      readonly carrierCode?: string;
    }
  /** Back to waiting; `chunkId` names the job that will carry it `delayMs` from now. */
  | {
      readonly id: string;
      readonly status: 'queuing';
      readonly gateway: string;
      readonly reason: DeferralCause;
      readonly delayMs: number;
      readonly chunkId: string;
    }
  /** `delayMs`: when recovery should ask the carrier. */
  | { readonly id: string; readonly status: 'uncertain'; readonly gateway: string; readonly delayMs: number };
