import type { Chunk, Producer } from '@ardor/queue/producer';
import { MAX_CHUNK } from '@ardor/queue/job';
import type { FindUnqueued, UnqueuedMessage, UnqueuedCursor } from '@ardor/store/recovery/find-unqueued';
import type { SweepResult } from './sweep.js';

/**
 * Adds the jobs of overdue messages again, where they are gone from the queue. Goes through all that is overdue a page
 * at a time, and then from the start: each call goes on where the one before has ended, also after one that failed. What
 * cannot be told or added now, because its shard is away, must not keep those behind it waiting; the next round finds it.
 */
export function createRequeueUnqueued(
  findStrays: FindUnqueued,
  producer: Pick<Producer, 'add' | 'missing'>,
  limit: number,
): () => Promise<SweepResult> {
  let cursor: UnqueuedCursor | undefined;
  return async () => {
    const { messages, next } = await findStrays(limit, cursor);
    cursor = next;
    const lost = messages.length > 0 ? await producer.missing(strayChunks(messages)) : [];
    if (lost.length > 0) await producer.add(lost);
    return { moved: lost.reduce((sum, { ids }) => sum + ids.length, 0), more: next !== undefined };
  };
}

function strayChunks(strays: readonly UnqueuedMessage[]): Chunk[] {
  const chunks = new Map<string, Chunk & { ids: string[] }>();
  for (const { id, lane, chunkId } of strays) {
    // A chunk's id is a job's id within its lane: the messages of one may come from two.
    const key = `${chunkId}/${lane}`;
    const chunk = chunks.get(key) ?? { chunkId, lane, ids: [] };
    if (chunk.ids.length < MAX_CHUNK) chunk.ids.push(id);
    chunks.set(key, chunk);
  }
  return [...chunks.values()];
}
