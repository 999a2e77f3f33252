import type { Chunk, Producer } from '@ardor/queue/producer';
import { MAX_CHUNK } from '@ardor/queue/job';
import type { FindStrays, Stray, StrayCursor } from '@ardor/store/recovery/find-unqueued';
import type { Swept } from './sweep.js';

/**
 * Adds the jobs of overdue messages again, where they are gone from the queue. Goes through all that is overdue a page
 * at a time, and then from the start: each call goes on where the one before has ended, also after one that failed. What
 * cannot be told or added now, because its shard is away, must not keep those behind it waiting; the next round finds it.
 */
export function createRequeueStrays(
  findStrays: FindStrays,
  producer: Pick<Producer, 'add' | 'missing'>,
  limit: number,
): () => Promise<Swept> {
  let cursor: StrayCursor | undefined;
  return async () => {
    const { strays, next } = await findStrays(limit, cursor);
    cursor = next;
    const lost = strays.length > 0 ? await producer.missing(strayChunks(strays)) : [];
    if (lost.length > 0) await producer.add(lost);
    return { moved: lost.reduce((sum, { ids }) => sum + ids.length, 0), more: next !== undefined };
  };
}

function strayChunks(strays: readonly Stray[]): Chunk[] {
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
