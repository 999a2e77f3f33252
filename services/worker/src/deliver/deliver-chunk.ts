import type { Payload } from '@ardor/crypto/sealer';
import { fullJitterMs, type BackoffOptions } from '@ardor/domain/message/backoff';
import type { Outcome } from '@ardor/domain/message/outcome';
import type { Gateway } from '@ardor/gateways/gateway';
import type { MonotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';
import type { ClaimedMessage, ClaimMessages } from '@ardor/store/messages/claim-messages';
import { decide } from './decide.js';
import type { Decision } from '../settle/decision.js';
import type { SettleAndRequeue } from '../settle/settle-and-requeue.js';

export interface DeliverDeps {
  readonly claim: ClaimMessages;
  readonly gateway: Pick<Gateway, 'name' | 'send'>;
  readonly settle: SettleAndRequeue;
  /** Whether this worker has held its lease since then without a break, so that its claims are its own. */
  readonly heldLeaseSince: (moment: number) => boolean;
  /** A fresh UUID: fences and chunk ids. */
  readonly newId: () => string;
  readonly now: MonotonicClock;
  /** A call may begin this long after the claim began, in milliseconds. */
  readonly sendWithinMs: number;
  readonly backoff: BackoffOptions;
  readonly lookupAfterMs: number;
}

type Sendable = ClaimedMessage & { readonly payload: Payload };

/**
 * Claims, sends, settles. Only what the claim returned goes to the carrier. Rejects when the database fails: recovery
 * releases what was claimed by then, when the claim ends.
 */
export function createDeliverChunk(deps: DeliverDeps): (ids: readonly string[]) => Promise<void> {
  return async (ids) => {
    const startedAt = deps.now();
    const fence = deps.newId();
    const claimed = await deps.claim(ids, fence);
    if (claimed.length === 0) return;
    const sendable = claimed.filter((message): message is Sendable => message.payload !== undefined);
    const outcomes = await send(deps, sendable, startedAt);
    await deps.settle([...decideAll(deps, sendable, outcomes), ...deferUnopened(deps, claimed)], {
      fence,
      startedAt,
    });
  };
}

/**
 * Nothing is sent when the call could outlive its claim (the process was paused, the database is slow), when this worker
 * has counted as dead, or when the first message would arrive after its validity period. Another worker may hold the
 * messages by then. The gateway asks once more just before the first byte.
 */
async function send(deps: DeliverDeps, messages: readonly Sendable[], startedAt: number): Promise<Outcome[]> {
  if (messages.length === 0) return [];
  const { gateway, heldLeaseSince, now, sendWithinMs } = deps;
  const withinMs = Math.min(sendWithinMs, ...messages.map(({ remainingMs }) => remainingMs));
  const canStillSend = (): boolean => heldLeaseSince(startedAt) && now() - startedAt <= withinMs;
  if (!canStillSend()) return messages.map(() => ({ kind: 'deferred', cause: 'claim_lapsed' }));
  return gateway.send(
    messages.map(({ id, payload: { to, text } }) => ({ id, to, text })),
    canStillSend,
  );
}

/** The deferred ones of these messages stay together: one job, one delay. */
function decideAll(deps: DeliverDeps, messages: readonly ClaimedMessage[], outcomes: readonly Outcome[]): Decision[] {
  const attempt = Math.max(1, ...messages.map((message) => message.attempt));
  const askedMs = Math.max(
    0,
    ...outcomes.map((outcome) => (outcome.kind === 'deferred' ? (outcome.retryAfterMs ?? 0) : 0)),
  );
  const retry = { chunkId: deps.newId(), delayMs: fullJitterMs(attempt, deps.backoff, askedMs) };
  const context = { gateway: deps.gateway.name, retry, lookupAfterMs: deps.lookupAfterMs };
  return messages.map((message, index) =>
    decide(message, outcomes[index] ?? { kind: 'uncertain', cause: 'no_outcome' }, context),
  );
}

/**
 * A row that our keys do not open keeps its payload and waits for a worker whose keys do, in a job of its own. Without
 * one it ends at its expiry.
 */
function deferUnopened(deps: DeliverDeps, claimed: readonly ClaimedMessage[]): Decision[] {
  const unopened = claimed.filter(({ payload }) => payload === undefined);
  if (unopened.length === 0) return [];
  return decideAll(
    deps,
    unopened,
    unopened.map(() => ({ kind: 'deferred', cause: 'undecipherable' })),
  );
}
