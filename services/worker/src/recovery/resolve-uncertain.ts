import { fullJitterMs, type BackoffOptions } from '@ardor/domain/message/backoff';
import type { DeferralCause } from '@ardor/domain/message/outcome';
import type { Lane } from '@ardor/domain/message/status';
import type { Gateway, CarrierLookup } from '@ardor/gateways/gateway';
import { MAX_CHUNK } from '@ardor/queue/job';
import type { ApplyReceipts, Receipt } from '@ardor/store/receipts/apply-receipts';
import type { Settlement } from '@ardor/store/messages/settlement';
import type { ClaimUncertain, UncertainMessage } from '@ardor/store/recovery/claim-uncertain';

export interface ResolveDeps {
  readonly takeUncertain: ClaimUncertain;
  readonly gateway: Pick<Gateway, 'name' | 'deduplicates' | 'lookup'>;
  /** Writes settlements and gives those that wait again their job. */
  readonly settle: (
    settlements: readonly Settlement[],
    fence: string,
    laneOf: (id: string) => Lane,
  ) => Promise<unknown>;
  readonly applyReceipts: ApplyReceipts;
  readonly newId: () => string;
  readonly backoff: BackoffOptions;
  readonly limit: number;
  readonly againAfterMs: number;
  /**
   * A carrier's "never seen" is believed only for a message that has been uncertain for this long, in milliseconds:
   * the call may still be on its way to it.
   */
  readonly trustAbsenceAfterMs: number;
}

/**
 * Finds out what became of messages of unknown outcome: sends again where that is safe or asked for, else asks the
 * carrier, else leaves them to a receipt until they expire. Returns how many it looked at.
 */
export function createResolveUncertain(deps: ResolveDeps): () => Promise<number> {
  return async () => {
    const fence = deps.newId();
    const messages = await deps.takeUncertain({ limit: deps.limit, againAfterMs: deps.againAfterMs, fence });
    if (messages.length === 0) return 0;
    // Any of them may go back to the queue, so that no chunk may name more of them than a job holds.
    const chunkIds = Array.from({ length: Math.ceil(messages.length / MAX_CHUNK) }, () => deps.newId());
    const resolved = await Promise.all(
      messages.map((message, index) => resolve(deps, message, chunkIds[Math.floor(index / MAX_CHUNK)] ?? fence)),
    );
    const settlements = resolved.flatMap(({ settlement }) => settlement ?? []);
    const lanes = new Map(messages.map(({ id, lane }) => [id, lane]));
    await deps.settle(settlements, fence, (id) => lanes.get(id) ?? 'otp');
    const receipts = resolved.flatMap(({ receipt }) => receipt ?? []);
    if (receipts.length > 0) await deps.applyReceipts(receipts);
    return messages.length;
  };
}

interface Resolved {
  readonly settlement?: Settlement;
  readonly receipt?: Receipt;
}

async function resolve(deps: ResolveDeps, message: UncertainMessage, chunkId: string): Promise<Resolved> {
  const { gateway, backoff } = deps;
  const { id, onUnknown, attempt, unknownForMs } = message;
  const again = (reason: DeferralCause): Settlement => ({
    ...{ id, status: 'queuing', gateway: gateway.name, reason, chunkId },
    delayMs: fullJitterMs(attempt, backoff),
  });
  if (gateway.deduplicates || onUnknown === 'resend') return { settlement: again('unknown_outcome') };
  const found: CarrierLookup = (await gateway.lookup?.(id)) ?? { kind: 'no_answer' };
  switch (found.kind) {
    case 'taken':
      return {
        settlement: { id, status: 'sent', gateway: gateway.name, carrierId: found.carrierId },
        ...(found.receipt
          ? { receipt: { id, status: found.receipt, carrierId: found.carrierId, carrierCode: null } }
          : {}),
      };
    case 'rejected':
      return {
        settlement: { id, status: 'error', gateway: gateway.name, reason: 'rejected', carrierCode: found.carrierCode },
      };
    case 'not_taken':
      return unknownForMs >= deps.trustAbsenceAfterMs ? { settlement: again('not_taken') } : {};
    case 'no_answer':
      return {};
  }
}
