import type { Outcome } from '@ardor/domain/message/outcome';
import type { Decision, HeldMessage } from '../settle/decision.js';

export interface DecideContext {
  readonly gateway: string;
  /** When and by which job a deferred message comes again. */
  readonly retry: { readonly delayMs: number; readonly chunkId: string };
  /** The carrier is asked about an uncertain message after this long, in milliseconds. */
  readonly lookupAfterMs: number;
}

/** The one place that says what an outcome does to a message. */
export function decide(
  message: HeldMessage,
  outcome: Outcome,
  { gateway, retry, lookupAfterMs }: DecideContext,
): Decision {
  const { id } = message;
  switch (outcome.kind) {
    case 'accepted': {
      const { kind, carrierId } = outcome;
      return { message, outcome: kind, settlement: { id, status: 'sent', gateway, carrierId } };
    }
    case 'rejected': {
      const { kind, reason, carrierCode } = outcome;
      return { message, outcome: kind, reason, settlement: { id, status: 'error', gateway, reason, carrierCode } };
    }
    case 'deferred': {
      const { kind, cause: reason } = outcome;
      return { message, outcome: kind, reason, settlement: { id, status: 'queuing', gateway, reason, ...retry } };
    }
    case 'uncertain': {
      const { kind, cause: reason } = outcome;
      const settlement = { id, status: 'uncertain', gateway, delayMs: lookupAfterMs } as const;
      return { message, outcome: kind, reason, settlement };
    }
  }
}
