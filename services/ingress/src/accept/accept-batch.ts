import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import type { SlotDecision, SlotDecisions, Limiter } from '@ardor/rate-limits/limiter';
import { assignChunkIds, groupIntoChunks } from '@ardor/queue/chunk';
import type { InsertMessages, InsertResult } from '@ardor/store/messages/insert-messages';
import type { Enqueue } from './enqueue.js';
import type { PreparedMessage } from './prepare-message.js';
import type { ReleaseSlots } from './release-slots.js';

export interface AcceptDeps {
  readonly limiter: Pick<Limiter, 'takeSlots'>;
  readonly insertMessages: InsertMessages;
  readonly slots: Pick<ReleaseSlots, 'release'>;
  readonly queue: Pick<Enqueue, 'enqueue'>;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  readonly onLimiterFailure: (error: unknown) => void;
  /** The limiter may have lost slots. `endedEpoch` is set where the database said so. */
  readonly onSlotsLost: (endedEpoch?: string) => void;
}

/** The answer to one draft: the id under which it was stored, or why it was not accepted. */
export type AcceptResult = Result<string>;

/**
 * Accepts all drafts that arrived meanwhile: one limiter call, one INSERT, then the answer; the jobs follow. One
 * result for each draft, in order.
 */
export function createAcceptBatch(deps: AcceptDeps): (drafts: readonly PreparedMessage[]) => Promise<AcceptResult[]> {
  return async (drafts) => {
    // No other call has these drafts, so none has their first one's id.
    const call: Call = { owner: drafts[0]?.id ?? '', askedAt: deps.now() };
    const taken = await takeSlots(deps, drafts, call);
    if (taken.kind !== 'decided') return drafts.map(() => refused(limiterRefusal(taken.kind)));
    const { decisions, epoch } = taken;
    const granted = drafts.filter((_, index) => decisions[index]?.kind === 'granted');
    const inserted = granted.length > 0 ? await store(deps, granted, epoch, call) : [];
    let stored = 0;
    return drafts.map(({ id }, index) => {
      const decision = decisions[index];
      if (decision === undefined) return insertedResult(undefined, id);
      return decision.kind === 'granted' ? insertedResult(inserted[stored++], id) : refused(slotRefusal(decision));
    });
  };
}

interface Call {
  /** Whose the slots are. */
  readonly owner: string;
  /** Monotonic, in milliseconds. */
  readonly askedAt: number;
}

/** A granted slot is used at once or not at all; a slot lives for at least a second. */
const MAX_GRANT_AGE_MS = 900;

const RESTORING = 'The rate limiter is being restored from the database; nothing was accepted.';

const NEVER_STORED: ReadonlySet<string> = new Set(['rejected', 'not_stored', 'epoch_ended'] satisfies InsertResult[]);

/** Fails closed: without the limiter nothing is accepted. When it does not answer, slots that it may have taken are given back. */
async function takeSlots(
  { limiter, slots, onLimiterFailure, onSlotsLost }: AcceptDeps,
  drafts: readonly PreparedMessage[],
  { owner }: Call,
): Promise<SlotDecisions | { readonly kind: 'unavailable' }> {
  try {
    const taken = await limiter.takeSlots(drafts, owner);
    if (taken.kind === 'restoring') onSlotsLost();
    return taken;
  } catch (error) {
    onLimiterFailure(error);
    slots.release(drafts, owner);
    return { kind: 'unavailable' };
  }
}

/** One result for each draft, in order. */
async function store(
  deps: AcceptDeps,
  drafts: readonly PreparedMessage[],
  epoch: string,
  { owner, askedAt }: Call,
): Promise<readonly InsertResult[]> {
  const { insertMessages, slots, queue, onSlotsLost } = deps;
  for (const [index, chunkId] of assignChunkIds(drafts).entries()) {
    const draft = drafts[index];
    if (draft) draft.chunkId = chunkId;
  }
  // A process that was frozen meanwhile must not store what it was granted long ago: the slot may be another's by now.
  const stale = deps.now() - askedAt > MAX_GRANT_AGE_MS;
  const results = stale ? drafts.map((): InsertResult => 'not_stored') : await insertMessages(drafts, epoch);
  // A slot is given back only when its message was certainly never stored.
  const neverStored = drafts.filter((_, index) => NEVER_STORED.has(results[index] ?? 'unknown'));
  slots.release(neverStored, owner);
  if (results.includes('epoch_ended')) onSlotsLost(epoch);
  const stored = drafts.filter((_, index) => results[index] === 'stored');
  if (stored.length > 0) queue.enqueue(groupIntoChunks(stored));
  return results;
}

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

function slotRefusal(decision: Exclude<SlotDecision, { kind: 'granted' }>): Refusal {
  switch (decision.kind) {
    case 'number_slot_taken':
      return refuse('number_rate_limited', undefined, seconds(decision.retryAfterMs));
    case 'send_window_full':
      // The window counts for up to 1.01 s; its last 10 ms are not worth a second more.
      return refuse('send_rate_limited', undefined, Math.max(1, Math.round(decision.retryAfterMs / 1000)));
  }
}

function limiterRefusal(kind: 'unavailable' | 'restoring'): Refusal {
  switch (kind) {
    case 'unavailable':
      return refuse('limiter_unavailable', undefined, 1);
    case 'restoring':
      return refuse('limiter_unavailable', RESTORING, 1);
  }
}

function insertedResult(result: InsertResult | undefined, id: string): AcceptResult {
  switch (result) {
    case 'stored':
      return ok(id);
    case 'epoch_ended':
      return refused(limiterRefusal('restoring'));
    case 'rejected':
      return refused(refuse('internal_error'));
    case 'not_stored':
    case 'unknown':
    case undefined:
      return refused(refuse('database_unavailable', undefined, 1));
  }
}
