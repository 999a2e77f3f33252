import { groupIntoChunks } from '@ardor/queue/chunk';
import type { DeliveryQueue } from '@ardor/queue/delivery-queue';
import type { FindUnqueued, UnqueuedCursor } from '@ardor/store/recovery/find-unqueued';
import type { SweepResult } from './sweep.js';

/**
 * Adds the jobs of overdue messages again, where they are gone from the queue. Goes through all that is overdue a page
 * at a time, and then from the start: each call goes on where the one before has ended, also after one that failed. What
 * cannot be told or added now, because its shard is away, must not keep those behind it waiting; the next round finds it.
 */
export function createRequeueUnqueued(
  findStrays: FindUnqueued,
  producer: Pick<DeliveryQueue, 'enqueue' | 'findMissing'>,
  limit: number,
): () => Promise<SweepResult> {
  let cursor: UnqueuedCursor | undefined;
  return async () => {
    const { messages, next } = await findStrays(limit, cursor);
    cursor = next;
    const lost = messages.length > 0 ? await producer.findMissing(groupIntoChunks(messages)) : [];
    if (lost.length > 0) await producer.enqueue(lost);
    return { moved: lost.reduce((sum, { ids }) => sum + ids.length, 0), more: next !== undefined };
  };
}
