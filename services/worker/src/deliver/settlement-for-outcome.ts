import type { Outcome } from '@ardor/domain/message/outcome';
import type { Settlement } from '@ardor/store/messages/settlement';

export interface SettlementContext {
  readonly gateway: string;
  /** When and by which job a deferred message comes again. */
  readonly retry: { readonly delayMs: number; readonly chunkId: string };
  /** When the carrier is asked about an unknown outcome, in milliseconds. */
  readonly lookupAfterMs: number;
}

/** The one place that says what an outcome does to a message. */
export function settlementForOutcome(
  id: string,
  outcome: Outcome,
  { gateway, retry, lookupAfterMs }: SettlementContext,
): Settlement {
  switch (outcome.kind) {
    case 'accepted':
      return { id, status: 'sent', gateway, carrierId: outcome.carrierId };
    case 'rejected':
      return { id, status: 'error', gateway, reason: outcome.reason, carrierCode: outcome.carrierCode };
    case 'deferred':
      return { id, status: 'queuing', gateway, reason: outcome.cause, ...retry };
    case 'uncertain':
      return { id, status: 'uncertain', gateway, delayMs: lookupAfterMs };
  }
}
