import type { Lane } from '@ardor/domain/message/status';

/**
 * Cuts messages into chunks of one lane, at most `size` each, in order. A chunk's id is the id of its first message:
 * unique, and known before anything is stored.
 */
export function cutChunks<T extends { readonly id: string; readonly lane: Lane }>(
  messages: readonly T[],
  size: number,
): { chunkId: string; lane: Lane; messages: T[] }[] {
  const open = new Map<Lane, { chunkId: string; lane: Lane; messages: T[] }>();
  const chunks: { chunkId: string; lane: Lane; messages: T[] }[] = [];
  for (const message of messages) {
    let chunk = open.get(message.lane);
    if (!chunk || chunk.messages.length >= size) {
      chunk = { chunkId: message.id, lane: message.lane, messages: [] };
      open.set(message.lane, chunk);
      chunks.push(chunk);
    }
    chunk.messages.push(message);
  }
  return chunks;
}
