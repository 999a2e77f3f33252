import type { FailureReason } from '../errors/reasons.js';

/** Why a message waits for another attempt. Stored as the `reason` of a `queuing` row. */
export type DeferralCause =
  /** The carrier asked for a slower pace. */
  | 'throttled'
  /** The carrier could not be reached, or said that it is down. */
  | 'gateway_unavailable'
  /** The carrier said that it never received the message. */
  | 'not_received'
  /** The outcome is unknown, and sending again is safe or asked for. The message may have arrived. */
  | 'resend_after_unknown'
  /** The claim ended before the first byte was written: our process or our database was slow. */
  | 'claim_lapsed'
  /** The worker's keys do not open the row. Another worker's may. */
  | 'undecipherable';

/** Why it is unknown whether the carrier received a message. Only for the log. */
export type UncertainCause =
  | 'timeout'
  | 'connection_lost'
  /** An HTTP status that does not say whether the messages were received. */
  | 'http_status'
  | 'unreadable_answer'
  /** The gateway returned fewer outcomes than messages. */
  | 'no_outcome';

/** A gateway returns exactly one of four outcomes for each message. What it defers was certainly not received. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly carrierId: string }
  | { readonly kind: 'rejected'; readonly reason: FailureReason; readonly carrierCode: string }
  /** The carrier has not confirmed it; it will be tried again. `retryAfterMs` is set when the carrier named a time. */
  | { readonly kind: 'deferred'; readonly cause: DeferralCause; readonly retryAfterMs?: number }
  /** The bytes left, and no reliable response came back. */
  | { readonly kind: 'uncertain'; readonly cause: UncertainCause };

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
