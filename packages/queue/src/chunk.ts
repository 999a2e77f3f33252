import type { Lane } from '@ardor/domain/message/status';
import { MAX_CHUNK } from './job.js';

/** The messages that one job carries. */
export interface Chunk {
  /** Also the job's id within its lane. Adding a chunk whose job is still there does nothing. */
  readonly chunkId: string;
  readonly lane: Lane;
  /** 1..MAX_CHUNK message ids. */
  readonly ids: readonly string[];
  /** The job may be taken this long from now, in milliseconds. */
  readonly delayMs?: number;
}

/**
 * A chunk id for each message, in order: the id of the first message of its chunk, so it is unique and known before
 * anything is stored. A chunk has messages of one lane, MAX_CHUNK at most.
 */
export function assignChunkIds(messages: readonly { readonly id: string; readonly lane: Lane }[]): string[] {
  const open = new Map<Lane, { readonly chunkId: string; count: number }>();
  return messages.map(({ id, lane }) => {
    let chunk = open.get(lane);
    if (!chunk || chunk.count >= MAX_CHUNK) {
      chunk = { chunkId: id, count: 0 };
      open.set(lane, chunk);
    }
    chunk.count += 1;
    return chunk.chunkId;
  });
}

export interface ChunkedMessage {
  readonly id: string;
  readonly lane: Lane;
  readonly chunkId: string;
  /** The first message of a chunk decides. */
  readonly delayMs?: number;
}

/**
 * Groups messages by chunk id and lane, in order of appearance: a retried chunk may have messages of two lanes. Ids
 * beyond MAX_CHUNK are left out; their rows are due, and recovery gives them a job in a later round.
 */
export function groupIntoChunks(messages: readonly ChunkedMessage[]): Chunk[] {
  const chunks = new Map<string, Chunk & { readonly ids: string[] }>();
  for (const { id, lane, chunkId, delayMs } of messages) {
    const key = `${chunkId}/${lane}`;
    let chunk = chunks.get(key);
    if (!chunk) {
      chunk = { chunkId, lane, ids: [], ...(delayMs === undefined ? {} : { delayMs }) };
      chunks.set(key, chunk);
    }
    if (chunk.ids.length < MAX_CHUNK) chunk.ids.push(id);
  }
  return [...chunks.values()];
}
