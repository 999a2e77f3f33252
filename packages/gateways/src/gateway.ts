import type { Outcome, ReceiptStatus } from '@ardor/domain/message/outcome';

/** One message as a carrier gets it. */
export interface OutboundMessage {
  /** Our id; the carrier's client reference. */
  readonly id: string;
  /** E.164. */
  readonly to: string;
  readonly text: string;
}

/** What a carrier says about a message when it is asked. */
export type CarrierLookup =
  /** It took the message; `receipt` is there when it already knows how the message ended. */
  | { readonly kind: 'received'; readonly carrierId: string; readonly receipt?: ReceiptStatus }
  | { readonly kind: 'rejected'; readonly carrierCode: string }
  /** It says that it never took the message. */
  | { readonly kind: 'not_received' }
  /** No response that can be trusted. */
  | { readonly kind: 'no_response' };

/** Hears how each call to the carrier went, for the dependency log. */
export interface CallObserver {
  /** The carrier could not be reached, was too slow, or answered that it does not work. */
  failed(error: unknown): void;
  /** The carrier did its part, also where it refused a message. */
  succeeded(): void;
}

/** The port to a carrier; one folder for each protocol implements it. */
export interface Gateway {
  readonly name: string;
  /** The carrier takes a reference once, however often it is sent, so an uncertain message may be sent again. */
  readonly deduplicates: boolean;
  /**
   * Hands 1..100 messages over. Returns one outcome for each, in order. Never rejects: what goes wrong is an outcome.
   * It asks `canStillSend` once, just before it writes the first byte; on false it writes nothing and defers all.
   */
  send(messages: readonly OutboundMessage[], canStillSend?: () => boolean): Promise<Outcome[]>;
  /** Asks what became of a message; undefined where the carrier cannot be asked. Never rejects. */
  readonly lookup?: (id: string) => Promise<CarrierLookup>;
  close(): Promise<void>;
}
