import { fullJitterMs, type BackoffOptions } from '@ardor/domain/message/backoff';
import type { DeferralCause } from '@ardor/domain/message/outcome';
import type { Gateway } from '@ardor/gateways/gateway';
import { MAX_CHUNK } from '@ardor/queue/job';
import type { MonotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';
import type { ApplyReceipts, Receipt } from '@ardor/store/receipts/apply-receipts';
import type { TakeUncertain, UncertainMessage } from '@ardor/store/recovery/take-uncertain';
import type { Decision } from '../settle/decision.js';
import type { SettleAndRequeue } from '../settle/settle-and-requeue.js';
import { nothingDone, type BatchResult, type Duty } from '../duties/duty.js';

export interface ResolveUncertainDeps {
  readonly takeUncertain: TakeUncertain;
  readonly gateway: Pick<Gateway, 'name' | 'deduplicates' | 'lookup'>;
  readonly settle: SettleAndRequeue;
  readonly applyReceipts: ApplyReceipts;
  readonly newId: () => string;
  readonly now: MonotonicClock;
  readonly backoff: BackoffOptions;
  readonly everyMs: number;
  /** A message is looked up again after this long, in milliseconds: longer than one lookup takes. */
  readonly lookupAgainMs: number;
  /**
   * The carrier's "never seen" is believed only after a message was uncertain for this long, in milliseconds. Before
   * that, the call that handed it over may still be on its way.
   */
  readonly trustAbsenceAfterMs: number;
  /** Messages in one batch; their lookups run at the same time. */
  readonly limit?: number;
}

const LOOKUPS = 100;

/**
 * Finds out what became of uncertain messages. It sends again where that is safe or asked for. Otherwise it
 * asks the carrier; where that cannot tell, the message waits for a receipt until it expires.
 */
export function resolveUncertainDuty({ limit = LOOKUPS, ...deps }: ResolveUncertainDeps): Duty {
  return {
    name: 'resolve-uncertain',
    metric: 'resolve',
    everyMs: deps.everyMs,
    run: () => resolveBatch(deps, limit),
  };
}

type Deps = Omit<ResolveUncertainDeps, 'limit'>;

/** A message without a decision does not count as moved: it stays as it is. */
async function resolveBatch(deps: Deps, limit: number): Promise<BatchResult> {
  const hold = { fence: deps.newId(), startedAt: deps.now() };
  const messages = await deps.takeUncertain({ limit, againAfterMs: deps.lookupAgainMs, fence: hold.fence });
  if (messages.length === 0) return nothingDone;
  // Any of them may go back to the queue, so each chunk gets no more of them than a job holds.
  // The messages of a chunk wait for one job, so they have one delay.
  const attempt = Math.max(...messages.map((message) => message.attempt));
  const retries = Array.from({ length: Math.ceil(messages.length / MAX_CHUNK) }, () => ({
    chunkId: deps.newId(),
    delayMs: fullJitterMs(attempt, deps.backoff),
  }));
  const resolved = await Promise.all(
    messages.map((message, index) => resolve(deps, message, retries[Math.floor(index / MAX_CHUNK)] as Retry)),
  );
  const decisions = resolved.flatMap(({ decision }) => decision ?? []);
  await deps.settle(decisions, hold);
  const receipts = resolved.flatMap(({ receipt }) => receipt ?? []);
  if (receipts.length > 0) await deps.applyReceipts(receipts);
  return { moved: decisions.length, more: messages.length >= limit };
}

/** Without a decision the message stays uncertain and is looked up again. */
interface Resolution {
  readonly decision?: Decision;
  readonly receipt?: Receipt;
}

interface Retry {
  readonly chunkId: string;
  readonly delayMs: number;
}

async function resolve(deps: Deps, message: UncertainMessage, retry: Retry): Promise<Resolution> {
  const { gateway } = deps;
  if (gateway.deduplicates || message.onUnknown === 'resend') {
    return { decision: sendAgain(deps, message, retry, 'resend_after_unknown') };
  }
  const { id } = message;
  const held = { id, gateway: gateway.name };
  const found = (await gateway.lookup?.(id)) ?? { kind: 'no_response' };
  switch (found.kind) {
    case 'received': {
      const { carrierId, receipt } = found;
      const decision: Decision = { message, outcome: 'accepted', settlement: { ...held, status: 'sent', carrierId } };
      return receipt ? { decision, receipt: { id, status: receipt, carrierId, carrierCode: null } } : { decision };
    }
    case 'rejected': {
      const settlement = { ...held, status: 'error', reason: 'rejected', carrierCode: found.carrierCode } as const;
      return { decision: { message, outcome: 'rejected', reason: 'rejected', settlement } };
    }
    case 'not_received':
      if (message.uncertainForMs < deps.trustAbsenceAfterMs) return {};
      return { decision: sendAgain(deps, message, retry, 'not_received') };
    case 'no_response':
      return {};
  }
}

function sendAgain(deps: Deps, message: UncertainMessage, retry: Retry, reason: DeferralCause): Decision {
  const { id } = message;
  const settlement = { id, status: 'queuing', gateway: deps.gateway.name, reason, ...retry } as const;
  return { message, outcome: 'deferred', reason, settlement };
}
