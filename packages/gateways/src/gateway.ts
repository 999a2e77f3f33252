import type { Outcome, ReceiptStatus } from '@ardor/domain/message/outcome';

/** One message as a carrier gets it. */
export interface OutboundMessage {
  /** Our id; the carrier's client reference. */
  readonly id: string;
  /** E.164. */
  readonly to: string;
  readonly text: string;
}

/** What a carrier knows of a message when it is asked. */
export type CarrierLookup =
  /** It has it; `receipt` where it already knows the end. */
  | { readonly kind: 'taken'; readonly carrierId: string; readonly receipt?: ReceiptStatus }
  | { readonly kind: 'rejected'; readonly carrierCode: string }
  /** It says that it never took it. */
  | { readonly kind: 'not_taken' }
  /** No answer that can be trusted. */
  | { readonly kind: 'no_answer' };

/** The port to a carrier; one folder for each protocol implements it. */
export interface Gateway {
  readonly name: string;
  /** Messages in one call at most. */
  readonly maxBatch: number;
  /** It takes a reference once, however often it is sent: an unknown outcome may be sent again. */
  readonly deduplicates: boolean;
  /**
   * Hands messages over. One outcome for each, in order. Never rejects: what goes wrong is an outcome. `mayGo` is asked
   * once, just before the first byte is written; when it says no, nothing is, and all are deferred.
   */
  send(messages: readonly OutboundMessage[], mayGo?: () => boolean): Promise<Outcome[]>;
  /** Asks what became of a message; undefined where the carrier cannot be asked. Never rejects. */
  readonly lookup?: (id: string) => Promise<CarrierLookup>;
  close(): Promise<void>;
}
