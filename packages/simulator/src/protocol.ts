// What this carrier says over HTTP. A copy on purpose: the simulator shares no code with those who call it.

/** One message of a POST /messages. */
export interface Submission {
  /** The caller's own name for the message. */
  readonly reference: string;
  readonly to: string;
  readonly text: string;
  /** Where its receipt goes; without one there is no receipt. */
  readonly callbackUrl: URL | undefined;
}

export type Result =
  | { readonly reference: string; readonly id: string }
  | { readonly reference: string; readonly error: 'rejected'; readonly code: string }
  | { readonly reference: string; readonly error: 'throttled'; readonly retry_after_ms: number };

/** How a taken message may end. No script makes one expire; the word is part of the protocol. */
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

/** The carrier's own codes, after the network errors of GSM 09.02: 13 call barred, 27 absent subscriber. */
export const CODES: Record<FinalStatus, string> = {
  delivered: '000',
  undelivered: '027',
  rejected: '013',
  expired: '031',
};

/** 1 unknown subscriber: the code of a destination that is no E.164 number. */
export const UNKNOWN_SUBSCRIBER = '001';
