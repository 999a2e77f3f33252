import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import { retryAfterSeconds } from '@ardor/domain/errors/retry-after';
import { assignChunkIds, groupIntoChunks } from '@ardor/queue/chunk';
import { WINDOW_TICK_MS, type Limiter, type SlotDecision, type SlotDecisions } from '@ardor/rate-limits/limiter';
import type { InsertMessages, InsertResult } from '@ardor/store/messages/insert-messages';
import type { NewMessage } from '@ardor/store/messages/new-message';
import { MAX_SLOT_AGE_MS } from '../timing.js';
import type { Enqueue } from './enqueue.js';
import type { PreparedMessage } from './prepare-message.js';
import type { ReleaseSlots } from './release-slots.js';

export interface AcceptBatchDeps {
  readonly limiter: Pick<Limiter, 'takeSlots'>;
  readonly insertMessages: InsertMessages;
  readonly numberSlots: Pick<ReleaseSlots, 'release'>;
  readonly deliveryQueue: Pick<Enqueue, 'enqueue'>;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  readonly onLimiterFailure: (error: unknown) => void;
  /** The limiter may have lost slots. `endedEpoch` is set where the database said so. */
  readonly onSlotsLost: (endedEpoch?: string) => void;
}

/** The id under which the message was stored, or why it was not accepted. */
export type AcceptResult = Result<string>;

interface Call {
  /** Who owns the slots of this call. */
  readonly owner: string;
  /** Monotonic, in milliseconds. */
  readonly startedAt: number;
}

/**
 * Accepts all messages that arrived meanwhile: one limiter call, one INSERT, then the response; the jobs follow. One result a message,
 * in order.
 */
export function createAcceptBatch(
  deps: AcceptBatchDeps,
): (messages: readonly PreparedMessage[]) => Promise<AcceptResult[]> {
  return async (messages) => {
    // No other call has these messages, so the first one's id names this call alone.
    const call: Call = { owner: messages[0]?.id ?? '', startedAt: deps.now() };
    const slots = await takeSlots(deps, messages, call);
    if (slots.kind !== 'decided') return messages.map(() => refused(limiterRefusal(slots.kind)));
    const granted = messages.filter((_, index) => slots.decisions[index]?.kind === 'granted');
    const stored = granted.length > 0 ? await storeMessages(deps, granted, slots.epoch, call) : [];
    let next = 0;
    return messages.map(({ id }, index) => {
      const decision = slots.decisions[index];
      return decision?.kind === 'granted' ? storedResult(stored[next++], id) : refused(slotRefusal(decision));
    });
  };
}

/** Fails closed: without the limiter nothing is accepted. Slots that it may have taken before its reply was lost are given back. */
async function takeSlots(
  { limiter, numberSlots, onLimiterFailure, onSlotsLost }: AcceptBatchDeps,
  messages: readonly PreparedMessage[],
  { owner }: Call,
): Promise<SlotDecisions | { readonly kind: 'unavailable' }> {
  try {
    const taken = await limiter.takeSlots(messages, owner);
    if (taken.kind === 'restoring') onSlotsLost();
    return taken;
  } catch (error) {
    onLimiterFailure(error);
    numberSlots.release(messages, owner);
    return { kind: 'unavailable' };
  }
}

const CERTAINLY_NOT_STORED: ReadonlySet<string> = new Set([
  'rejected',
  'not_stored',
  'epoch_ended',
] satisfies InsertResult[]);

/** Stores the messages and enqueues the jobs of those that were stored. One result a message, in order. */
async function storeMessages(
  { insertMessages, numberSlots, deliveryQueue, now, onSlotsLost }: AcceptBatchDeps,
  messages: readonly PreparedMessage[],
  epoch: string,
  { owner, startedAt }: Call,
): Promise<readonly InsertResult[]> {
  const chunked = assignChunks(messages);
  const isStale = now() - startedAt > MAX_SLOT_AGE_MS;
  const results = isStale ? chunked.map((): InsertResult => 'not_stored') : await insertMessages(chunked, epoch);
  // A slot is given back only when its message was certainly never stored.
  numberSlots.release(
    messages.filter((_, index) => CERTAINLY_NOT_STORED.has(results[index] ?? 'unknown')),
    owner,
  );
  if (results.includes('epoch_ended')) onSlotsLost(epoch);
  const stored = chunked.filter((_, index) => results[index] === 'stored');
  if (stored.length > 0) deliveryQueue.enqueue(groupIntoChunks(stored));
  return results;
}

/** Names the job that will carry each message. */
function assignChunks(messages: readonly PreparedMessage[]): NewMessage[] {
  const chunkIds = assignChunkIds(messages);
  // Every field by name: a spread with further fields allocates 3.5 KB a message (docs/adr/0014).
  return messages.map(
    ({ id, clientId, templateId, lane, onUnknown, validitySeconds, to, text, phoneMac }, index): NewMessage => ({
      id,
      clientId,
      templateId,
      lane,
      onUnknown,
      validitySeconds,
      to,
      text,
      phoneMac,
      chunkId: chunkIds[index] ?? id,
    }),
  );
}

const RESTORING = 'The rate limiter is being restored from the database; nothing was accepted.';
const DATABASE_UNAVAILABLE = refuse('database_unavailable', { retryAfterSeconds: 1 });

function slotRefusal(decision: Exclude<SlotDecision, { kind: 'granted' }> | undefined): Refusal {
  switch (decision?.kind) {
    case 'number_slot_taken':
      return refuse('number_rate_limited', { retryAfterSeconds: retryAfterSeconds(decision.retryAfterMs) });
    case 'send_window_full':
      // The last tick of the window is not worth a whole second more.
      return refuse('send_rate_limited', {
        retryAfterSeconds: retryAfterSeconds(decision.retryAfterMs - WINDOW_TICK_MS),
      });
    case undefined:
      return limiterRefusal('unavailable');
  }
}

function limiterRefusal(kind: 'restoring' | 'unavailable'): Refusal {
  switch (kind) {
    case 'restoring':
      return refuse('limiter_unavailable', { message: RESTORING, retryAfterSeconds: 1 });
    case 'unavailable':
      return refuse('limiter_unavailable', { retryAfterSeconds: 1 });
  }
}

function storedResult(stored: InsertResult | undefined, id: string): AcceptResult {
  switch (stored) {
    case 'stored':
      return ok(id);
    case 'epoch_ended':
      return refused(limiterRefusal('restoring'));
    case 'rejected':
      return refused(refuse('internal_error'));
    case 'not_stored':
    case 'unknown':
    case undefined:
      return refused(DATABASE_UNAVAILABLE);
  }
}
