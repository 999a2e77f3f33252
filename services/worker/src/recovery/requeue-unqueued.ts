import { groupIntoChunks, type Chunk } from '@ardor/queue/chunk';
import type { DeliveryQueue } from '@ardor/queue/delivery-queue';
import type { FindOverdue, OverdueCursor } from '@ardor/store/recovery/find-overdue';
import type { Duty } from '../duties/duty.js';

export interface RequeueUnqueuedDeps {
  readonly findOverdue: FindOverdue;
  readonly deliveryQueue: Pick<DeliveryQueue, 'requeue'>;
  readonly everyMs: number;
  readonly limit: number;
  /** Hears why nothing of a page could be queued. */
  readonly onQueueFailure: (error: unknown) => void;
}

/**
 * Adds the jobs of overdue messages again where the queue has lost them, and promotes those that would come far too late. It reads all overdue messages a page at a time
 * and then starts over. A page whose server is away must not keep those behind it waiting: the next batch goes on with
 * the next page, and the next round finds the page again.
 */
export function requeueUnqueuedDuty(deps: RequeueUnqueuedDeps): Duty {
  const { findOverdue, deliveryQueue, everyMs, limit, onQueueFailure } = deps;
  let cursor: OverdueCursor | undefined;
  const requeue = async (chunks: readonly Chunk[]): Promise<number> => {
    const lost = await deliveryQueue.requeue(chunks);
    return lost.reduce((sum, { ids }) => sum + ids.length, 0);
  };
  return {
    name: 'requeue-unqueued',
    metric: 'requeue',
    everyMs,
    run: async () => {
      const { messages, next } = await findOverdue(limit, cursor);
      cursor = next;
      if (messages.length === 0) return { moved: 0, more: next !== undefined };
      try {
        return { moved: await requeue(groupIntoChunks(messages)), more: next !== undefined };
      } catch (error) {
        onQueueFailure(error);
        return { moved: 0, more: false };
      }
    },
  };
}
