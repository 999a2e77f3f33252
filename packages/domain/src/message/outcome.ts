import type { FailureReason } from '../errors/reasons.js';

/** Why a message was certainly not sent and may be tried again. */
export type DeferralCause = 'throttled' | 'gateway_unavailable' | 'not_received' | 'unknown_outcome' | 'claim_lapsed';

/** A gateway returns exactly one of four outcomes for each message. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly carrierId: string }
  | { readonly kind: 'rejected'; readonly reason: FailureReason; readonly carrierCode: string }
  /** The carrier certainly did not receive it. `retryAfterMs` is set when the carrier named a time. */
  | { readonly kind: 'deferred'; readonly cause: DeferralCause; readonly retryAfterMs?: number }
  /** The bytes left, and no reliable response came back. `cause` is a word for the log. */
  | { readonly kind: 'uncertain'; readonly cause: string };

/** Statuses of a delivery receipt (DLR), as the development carrier's protocol names them. */
export const RECEIPT_STATUSES = ['delivered', 'undelivered', 'rejected', 'expired'] as const;
export type ReceiptStatus = (typeof RECEIPT_STATUSES)[number];

/** Maps a receipt to the final status of its message. */
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
