import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import { assignChunkIds, groupIntoChunks } from '@ardor/queue/chunk';
import type { CountryCap } from '@ardor/rate-limits/client-quota';
import type { Limiter, SlotDecisions } from '@ardor/rate-limits/limiter';
import type { SlotRefusal } from '@ardor/rate-limits/read-decisions';
import type { ServerClock } from '@ardor/runtime/clock/server-clock';
import type { Permit, InsertMessages, InsertResult } from '@ardor/store/messages/insert-messages';
import type { NewMessage } from '@ardor/store/messages/new-message';
import type { LimitAlerts } from '../limits/limit-alerts.js';
import type { SpentQuotas } from '../limits/spent-quotas.js';
import { MAX_SLOT_AGE_MS } from '../timing.js';
import type { BackgroundEnqueuer } from './enqueue-in-background.js';
import type { PreparedMessage } from './prepare-message.js';
import { limiterRefusal, slotRefusal } from './rate-limit-refusals.js';
import type { SlotReleaser } from './release-slots.js';

export interface AcceptBatchDeps {
  readonly limiter: Pick<Limiter, 'takeSlots'>;
  readonly insertMessages: InsertMessages;
  readonly slotReleaser: Pick<SlotReleaser, 'release'>;
  readonly enqueuer: Pick<BackgroundEnqueuer, 'enqueue'>;
  readonly databaseClock: Pick<ServerClock, 'earliest'>;
  readonly countryCap: CountryCap;
  /** Called with the messages that were stored. */
  readonly onStored: (messages: readonly PreparedMessage[]) => void;
  readonly spentQuotas: Pick<SpentQuotas, 'remember'>;
  readonly alerts: Pick<LimitAlerts, 'refusedSend' | 'nearCountryCap'>;
  readonly onLimiterFailure: (error: unknown) => void;
  /** The limiter may have lost slots. `endedEpoch`: the INSERT found that this epoch has ended. */
  readonly onSlotsLost: (endedEpoch?: string) => void;
  /** The INSERT reached the database after the permit had ended. */
  readonly onTooLate: () => void;
}

/** The id under which the message was stored, or why it was not accepted. */
export type AcceptResult = Result<string>;

interface LimiterCall {
  /** The id under which the slots are held. */
  readonly owner: string;
  /** When its permit ends. */
  readonly endsAt: Permit['endsAt'];
}

/**
 * Accepts one batch: one limiter call, one INSERT, then the responses; the jobs follow. Returns one result for each message, in order.
 * Words: docs/GLOSSARY.md (slot, epoch, chunk, lane).
 */
export function createAcceptBatch(
  deps: AcceptBatchDeps,
): (messages: readonly PreparedMessage[]) => Promise<AcceptResult[]> {
  return async (messages) => {
    // No other call has these messages, so the first one's id names this call alone.
    // A slot is taken after this moment, so the permit ends before the slot does.
    const endsAt = deps.databaseClock.earliest() + MAX_SLOT_AGE_MS;
    const call: LimiterCall = { owner: messages[0]?.id ?? '', endsAt };
    const slots = await takeSlots(deps, messages, call);
    if (slots.kind !== 'decided') return messages.map(() => refused(limiterRefusal(slots.kind)));
    slots.nearCap.forEach(deps.alerts.nearCountryCap);
    const granted = messages.filter((_, index) => slots.decisions[index]?.kind === 'granted');
    const stored = granted.length > 0 ? await storeMessages(deps, granted, slots.epoch, call) : [];
    let next = 0;
    return messages.map((message, index) => {
      const decision = slots.decisions[index];
      if (decision?.kind === 'granted') return storedResult(stored[next++], message.id);
      return decision ? refuseSlot(deps, message, decision) : refused(limiterRefusal('unavailable'));
    });
  };
}

function refuseSlot(
  { alerts, spentQuotas, countryCap }: AcceptBatchDeps,
  message: PreparedMessage,
  decision: SlotRefusal,
): AcceptResult {
  const refusal = slotRefusal(decision, message, countryCap);
  alerts.refusedSend(decision.kind, refusal.reason, message);
  spentQuotas.remember(decision, message);
  return refused(refusal);
}

/** Fails closed: without the limiter nothing is accepted. Slots that it may have taken before its reply was lost are given back. */
async function takeSlots(
  { limiter, slotReleaser, onLimiterFailure, onSlotsLost }: AcceptBatchDeps,
  messages: readonly PreparedMessage[],
  { owner }: LimiterCall,
): Promise<SlotDecisions | { readonly kind: 'unavailable' }> {
  try {
    const taken = await limiter.takeSlots(messages, owner);
    if (taken.kind === 'restoring') onSlotsLost();
    return taken;
  } catch (error) {
    onLimiterFailure(error);
    slotReleaser.release(messages, owner);
    return { kind: 'unavailable' };
  }
}

const CERTAINLY_NOT_STORED: ReadonlySet<string> = new Set([
  'suppressed',
  'invalid_row',
  'not_stored',
  'epoch_ended',
  'too_late',
] satisfies InsertResult[]);

/** Stores the messages and enqueues the jobs of those that were stored. Returns one result for each message, in order. */
async function storeMessages(
  { insertMessages, slotReleaser, enqueuer, onStored, onSlotsLost, onTooLate }: AcceptBatchDeps,
  messages: readonly PreparedMessage[],
  epoch: string,
  { owner, endsAt }: LimiterCall,
): Promise<readonly InsertResult[]> {
  const chunked = assignChunks(messages);
  const results = await insertMessages(chunked, { epoch, endsAt });
  // A slot is given back only when its message was certainly never stored.
  slotReleaser.release(
    messages.filter((_, index) => CERTAINLY_NOT_STORED.has(results[index] ?? 'maybe_stored')),
    owner,
  );
  if (results.includes('epoch_ended')) onSlotsLost(epoch);
  if (results.includes('too_late')) onTooLate();
  const stored = chunked.filter((_, index) => results[index] === 'stored');
  if (stored.length > 0) enqueuer.enqueue(groupIntoChunks(stored));
  onStored(stored.length === messages.length ? messages : messages.filter((_, index) => results[index] === 'stored'));
  return results;
}

/** Names the job that will carry each message. */
function assignChunks(messages: readonly PreparedMessage[]): NewMessage[] {
  const chunkIds = assignChunkIds(messages);
  // Every field by name: a spread with further fields allocates 3.5 KB a message (docs/adr/0014).
  return messages.map(
    ({ id, clientId, templateId, lane, onUnknown, expiresAt, to, text, phoneMac }, index): NewMessage => ({
      id,
      clientId,
      templateId,
      lane,
      onUnknown,
      expiresAt,
      to,
      text,
      phoneMac,
      chunkId: chunkIds[index] ?? id,
    }),
  );
}

const NUMBER_SUPPRESSED = refuse('number_suppressed');
const DATABASE_UNAVAILABLE = refuse('database_unavailable', { retryAfterSeconds: 1 });

function storedResult(stored: InsertResult | undefined, id: string): AcceptResult {
  switch (stored) {
    case 'stored':
      return ok(id);
    case 'epoch_ended':
      return refused(limiterRefusal('restoring'));
    case 'suppressed':
      return refused(NUMBER_SUPPRESSED);
    case 'invalid_row':
      return refused(refuse('internal_error'));
    case 'too_late':
    case 'not_stored':
    case 'maybe_stored':
    case undefined:
      return refused(DATABASE_UNAVAILABLE);
  }
}
