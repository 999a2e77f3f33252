// The HTTP protocol of this carrier. The simulator shares no code with its callers, so this is a copy on purpose.

/** One message of a POST /messages. */
export interface Submission {
  /** The caller's id of the message. */
  readonly reference: string;
  readonly to: string;
  readonly text: string;
  /** Where the receipt is posted. Without a URL no receipt is sent. */
  readonly callbackUrl: URL | undefined;
}

export type Result =
  | { readonly reference: string; readonly id: string }
  | { readonly reference: string; readonly error: 'rejected'; readonly code: string }
  | { readonly reference: string; readonly error: 'throttled'; readonly retry_after_ms: number };

/** Final states of a taken message. No magic number makes one expire, but the protocol has the word. */
export type FinalStatus = 'delivered' | 'undelivered' | 'rejected' | 'expired';

export type State = 'taken' | 'throttled' | FinalStatus;

export interface Receipt {
  readonly id: string;
  readonly reference: string;
  readonly status: FinalStatus;
  readonly code: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** The carrier's codes, modelled on the network errors of GSM 09.02: 13 call barred, 27 absent subscriber. */
export const CODES: Record<FinalStatus, string> = {
  delivered: '000',
  undelivered: '027',
  rejected: '013',
  expired: '031',
};

/** Code of a destination that is not an E.164 number (GSM 09.02: 1 unknown subscriber). */
export const UNKNOWN_SUBSCRIBER = '001';
