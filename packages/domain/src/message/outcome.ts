import type { FailureReason } from '../errors/reasons.js';

/** Why a message was certainly not sent and may be tried again. */
export type DeferralCause = 'throttled' | 'gateway_unavailable' | 'not_taken' | 'unknown_outcome' | 'claim_lapsed';

/** What a gateway says of one message: exactly one of four. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly carrierId: string }
  | { readonly kind: 'rejected'; readonly reason: FailureReason; readonly carrierCode: string }
  /** Certainly not taken. `retryAfterMs` where the carrier named a time. */
  | { readonly kind: 'deferred'; readonly cause: DeferralCause; readonly retryAfterMs?: number }
  /** The bytes left and no answer that can be trusted came back. `cause` is a word for the log. */
  | { readonly kind: 'uncertain'; readonly cause: string };

/** A carrier's delivery receipt (DLR), in the words of the development carrier's protocol. */
export const RECEIPT_STATUSES = ['delivered', 'undelivered', 'rejected', 'expired'] as const;
export type ReceiptStatus = (typeof RECEIPT_STATUSES)[number];

/** The final state that a receipt moves a message to. */
export function receiptOutcome(
  status: ReceiptStatus,
): { status: 'delivered' } | { status: 'error'; reason: FailureReason } {
  switch (status) {
    case 'delivered':
      return { status: 'delivered' };
    case 'undelivered':
      return { status: 'error', reason: 'unreachable' };
    case 'rejected':
      return { status: 'error', reason: 'rejected' };
    case 'expired':
      return { status: 'error', reason: 'expired' };
  }
}
