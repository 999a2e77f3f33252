import { fullJitterMs, type BackoffOptions } from '@ardor/domain/message/backoff';
import type { Outcome } from '@ardor/domain/message/outcome';
import type { Payload } from '@ardor/crypto/sealer';
import type { Gateway } from '@ardor/gateways/gateway';
import type { Failpoint } from '@ardor/runtime/process/failpoint';
import type { ClaimedMessage, ClaimMessages } from '@ardor/store/messages/claim-messages';
import type { Settlement } from '@ardor/store/messages/settlement';
import { settlementForOutcome } from './settlement-for-outcome.js';
import type { SettleAndRequeue } from './settle-and-requeue.js';

export interface DeliverDeps {
  readonly claim: ClaimMessages;
  readonly gateway: Pick<Gateway, 'name' | 'send'>;
  readonly settle: SettleAndRequeue;
  readonly failpoint: Failpoint;
  /** Whether this worker has counted as alive since then, without a break, so that its claims are its own. */
  readonly aliveSince: (moment: number) => boolean;
  /** A fresh UUID: fences and chunk ids. */
  readonly newId: () => string;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  readonly leaseMs: number;
  readonly gatewayTimeoutMs: number;
  readonly backoff: BackoffOptions;
  readonly lookupAfterMs: number;
  readonly observe: (delivery: Delivery) => void;
}

/** What one chunk came to; holds no id, number or text. */
export interface Delivery {
  readonly claimed: number;
  readonly outcomes: readonly Outcome['kind'][];
  readonly durationMs: number;
}

type Sendable = ClaimedMessage & { readonly payload: Payload };

/**
 * Claims, sends, settles. Only what the claim returned goes to the carrier. Rejects when the database fails: what was
 * claimed by then is recovery's when the claim's lease ends.
 */
export function createDeliverChunk(deps: DeliverDeps): (ids: readonly string[]) => Promise<void> {
  return async (ids) => {
    const startedAt = deps.now();
    const fence = deps.newId();
    const claimed = await deps.claim(ids, fence);
    if (claimed.length === 0) return;
    deps.failpoint('deliver.after_claim');
    const sendable = claimed.filter((message): message is Sendable => message.payload !== undefined);
    const outcomes = await send(deps, sendable, startedAt);
    deps.failpoint('deliver.after_send');
    const settlements = [...settleSent(deps, sendable, outcomes), ...settleUnreadable(deps, claimed)];
    const lanes = new Map(claimed.map(({ id, lane }) => [id, lane]));
    await deps.settle(settlements, fence, (id) => lanes.get(id) ?? 'otp');
    deps.observe({
      claimed: claimed.length,
      outcomes: outcomes.map(({ kind }) => kind),
      durationMs: deps.now() - startedAt,
    });
  };
}

/**
 * The last look before the wire: when so much of the lease has passed that the call could outlive it (a paused
 * process, a slow database), or this worker has counted as dead, nothing is sent: another may hold the message by then.
 * Nor when the first of them would arrive past its end.
 */
async function send(deps: DeliverDeps, messages: readonly Sendable[], startedAt: number): Promise<Outcome[]> {
  if (messages.length === 0) return [];
  const { gateway, aliveSince, now, leaseMs, gatewayTimeoutMs } = deps;
  const endsAfterMs = Math.min(leaseMs - gatewayTimeoutMs, ...messages.map(({ remainingMs }) => remainingMs));
  const mayGo = (): boolean => aliveSince(startedAt) && now() - startedAt <= endsAfterMs;
  if (!mayGo()) return messages.map(() => ({ kind: 'deferred', cause: 'claim_lapsed' }));
  return gateway.send(
    messages.map(({ id, payload: { to, text } }) => ({ id, to, text })),
    mayGo,
  );
}

/** Deferred messages of a chunk stay together: one job, one delay. */
function settleSent(deps: DeliverDeps, messages: readonly Sendable[], outcomes: readonly Outcome[]): Settlement[] {
  const attempt = Math.max(1, ...messages.map((message) => message.attempt));
  const asked = Math.max(
    0,
    ...outcomes.map((outcome) => (outcome.kind === 'deferred' ? (outcome.retryAfterMs ?? 0) : 0)),
  );
  const retry = { chunkId: deps.newId(), delayMs: fullJitterMs(attempt, deps.backoff, asked) };
  const context = { gateway: deps.gateway.name, retry, lookupAfterMs: deps.lookupAfterMs };
  return messages.map(({ id }, index) =>
    settlementForOutcome(id, outcomes[index] ?? { kind: 'uncertain', cause: 'no_outcome' }, context),
  );
}

function settleUnreadable({ gateway }: DeliverDeps, claimed: readonly ClaimedMessage[]): Settlement[] {
  return claimed
    .filter(({ payload }) => payload === undefined)
    .map(({ id }) => ({ id, status: 'error', gateway: gateway.name, reason: 'undecipherable' }));
}
