import { groupIntoChunks, type Chunk } from '@ardor/queue/chunk';
import type { DeliveryQueue } from '@ardor/queue/delivery-queue';
import type { MonotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';
import type { SettleMessages } from '@ardor/store/messages/settle-messages';
import type { Decision } from './decision.js';

export interface SettleAndRequeueDeps {
  readonly settle: SettleMessages;
  readonly deliveryQueue: Pick<DeliveryQueue, 'enqueue'>;
  /** The rows are due by themselves; recovery adds the jobs that the queue did not take. */
  readonly onQueueFailure: (error: unknown) => void;
  readonly onSettled: (report: SettleReport) => void;
  readonly now: MonotonicClock;
}

/** What one claim or lookup came to. */
export interface SettleReport {
  readonly decisions: readonly Decision[];
  /** The ids that were written: a receipt may have been faster, or recovery may have released the claim. */
  readonly written: ReadonlySet<string>;
  /** From the start of the claim or lookup to the end of the settlement. */
  readonly durationMs: number;
}

/** The claim or lookup that the decisions belong to. */
export interface Hold {
  readonly fence: string;
  /** When it began, by the monotonic clock. */
  readonly startedAt: number;
}

/** Writes decisions, and adds a job for the messages that wait again. Rejects when the database fails. */
export type SettleAndRequeue = (decisions: readonly Decision[], hold: Hold) => Promise<void>;

export function createSettleAndRequeue(deps: SettleAndRequeueDeps): SettleAndRequeue {
  return async (decisions, { fence, startedAt }) => {
    const written = await deps.settle(
      decisions.map(({ settlement }) => settlement),
      fence,
    );
    const chunks = chunksOfWaiting(decisions.filter(({ message }) => written.has(message.id)));
    if (chunks.length > 0) await deps.deliveryQueue.enqueue(chunks).catch(deps.onQueueFailure);
    deps.onSettled({ decisions, written, durationMs: deps.now() - startedAt });
  };
}

const chunksOfWaiting = (decisions: readonly Decision[]): Chunk[] =>
  groupIntoChunks(
    decisions.flatMap(({ message: { id, lane }, settlement }) =>
      settlement.status === 'queuing' ? [{ id, lane, chunkId: settlement.chunkId, delayMs: settlement.delayMs }] : [],
    ),
  );
