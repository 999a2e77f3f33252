import type { Chunk, Producer } from '@ardor/queue/producer';
import { MAX_CHUNK } from '@ardor/queue/job';
import type { Stray, StrayOptions, TakeStrays } from '@ardor/store/recover/take-strays';

/** Adds the jobs of overdue messages again; returns how many messages that were. Where the job still waits, nothing happens. */
export function createRequeueStrays(
  takeStrays: TakeStrays,
  producer: Pick<Producer, 'add' | 'ping'>,
  options: StrayOptions,
): () => Promise<number> {
  return async () => {
    // Taking puts them off: while the queue is away, that would keep them waiting after it is back.
    await producer.ping();
    const strays = await takeStrays(options);
    if (strays.length > 0) await producer.add(strayChunks(strays));
    return strays.length;
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
