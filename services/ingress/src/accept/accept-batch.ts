import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import type { SlotDecision, SlotDecisions, Limiter } from '@ardor/rate-limits/limiter';
import { cutChunks } from '@ardor/queue/chunk';
import type { NewMessage } from '@ardor/store/messages/new-message';
import type { Enqueue } from './enqueue.js';
import type { Persisted } from './persist.js';
import type { PreparedMessage } from './prepare-message.js';
import type { ReleaseSlots } from './release-slots.js';

export interface AcceptDeps {
  readonly limiter: Pick<Limiter, 'takeSlots'>;
  readonly persist: (messages: readonly NewMessage[], epoch: string) => Promise<Persisted[]>;
  readonly slots: Pick<ReleaseSlots, 'release'>;
  readonly queue: Pick<Enqueue, 'enqueue'>;
  readonly chunkSize: number;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  readonly onLimiterFailure: (error: unknown) => void;
  /** The limiter has lost slots; `epoch` where the database was the one to say so. */
  readonly onCold: (epoch?: string) => void;
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
    const call: Call = { holder: drafts[0]?.id ?? '', askedAt: deps.now() };
    const taken = await takeSlots(deps, drafts, call);
    if (taken.kind === 'cold') return drafts.map(() => refused(refuse('limiter_unavailable', undefined, 1)));
    const { grants, epoch } = taken;
    const granted = drafts.filter((_, index) => grants[index]?.kind === 'granted');
    const persisted = granted.length > 0 ? await store(deps, granted, epoch, call) : [];
    let stored = 0;
    return drafts.map(({ id }, index) => {
      const grant = grants[index];
      if (grant === undefined) return persistedResult(undefined, id);
      return grant.kind === 'granted' ? persistedResult(persisted[stored++], id) : refused(grantRefusal(grant));
    });
  };
}

interface Call {
  /** Whose the slots are. */
  readonly holder: string;
  /** Monotonic, in milliseconds. */
  readonly askedAt: number;
}

/** A grant is used at once or not at all; a slot lives for at least a second. */
const MAX_GRANT_AGE_MS = 900;

const NEVER_STORED: ReadonlySet<string> = new Set(['refused', 'not_stored', 'epoch_ended'] satisfies Persisted[]);

/** Fails closed: without the limiter nothing is accepted. What it may have taken before its reply was lost is given back. */
async function takeSlots(
  { limiter, slots, onLimiterFailure, onCold }: AcceptDeps,
  drafts: readonly PreparedMessage[],
  { holder }: Call,
): Promise<SlotDecisions> {
  try {
    const taken = await limiter.takeSlots(drafts, holder);
    if (taken.kind === 'cold') onCold();
    return taken;
  } catch (error) {
    onLimiterFailure(error);
    slots.release(drafts, holder);
    return { kind: 'cold' };
  }
}

/** One result for each draft, in order. */
async function store(
  deps: AcceptDeps,
  drafts: readonly PreparedMessage[],
  epoch: string,
  { holder, askedAt }: Call,
): Promise<readonly Persisted[]> {
  const { persist, slots, queue, chunkSize, onCold } = deps;
  const chunks = cutChunks(drafts, chunkSize);
  for (const { chunkId, messages } of chunks) for (const message of messages) message.chunkId = chunkId;
  // A process that was frozen meanwhile must not store what it was granted long ago: the slot may be another's by now.
  const stale = deps.now() - askedAt > MAX_GRANT_AGE_MS;
  const results = stale ? drafts.map((): Persisted => 'not_stored') : await persist(drafts, epoch);
  // A slot is given back only when its message was certainly never stored.
  const neverStored = drafts.filter((_, index) => NEVER_STORED.has(results[index] ?? 'unknown'));
  slots.release(neverStored, holder);
  if (results.includes('epoch_ended')) onCold(epoch);
  const notStored = new Set(drafts.filter((_, index) => results[index] !== 'stored'));
  const live = chunks.map(({ chunkId, lane, messages }) => ({
    chunkId,
    lane,
    ids: messages.filter((message) => !notStored.has(message)).map(({ id }) => id),
  }));
  queue.enqueue(live.filter(({ ids }) => ids.length > 0));
  return results;
}

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

function grantRefusal(grant: Exclude<SlotDecision, { kind: 'granted' }>): Refusal {
  switch (grant.kind) {
    case 'number_limited':
      return refuse('number_rate_limited', undefined, seconds(grant.retryAfterMs));
    case 'system_limited':
      // The window counts for up to 1.01 s; the tenth of a tick is not worth a second more.
      return refuse('send_rate_limited', undefined, Math.max(1, Math.round(grant.retryAfterMs / 1000)));
  }
}

function persistedResult(persisted: Persisted | undefined, id: string): AcceptResult {
  switch (persisted) {
    case 'stored':
      return ok(id);
    case 'epoch_ended':
      return refused(refuse('limiter_unavailable', undefined, 1));
    case 'refused':
      return refused(refuse('internal_error'));
    case 'not_stored':
    case 'unknown':
    case undefined:
      return refused(refuse('database_unavailable', undefined, 1));
  }
}
