import { LANES, type Lane } from '@ardor/domain/message/status';
import type { Queue } from 'bullmq';
import type { Chunk } from './chunk.js';
import type { DeliverJob } from './job.js';
import { byLane, createShardQueue, type ShardQueue } from './shard-queue.js';
import { shardOf, type Shard } from './shards.js';

export interface DeliveryQueue {
  /** Adds a job for each chunk, as many as can be added. Rejects when any of them could not. */
  enqueue(chunks: readonly Chunk[]): Promise<void>;
  /**
   * For chunks that a worker should take now. Adds the job of a chunk that has none in any state, and promotes a job whose
   * delay ends far from now. Returns the chunks that needed it. Chunks of a shard that does not answer are left out.
   * Rejects when no shard answers.
   */
  requeue(chunks: readonly Chunk[]): Promise<Chunk[]>;
  /** How many jobs of each lane a worker could take now, in the shards that answer. Rejects when none answers. */
  countReady(): Promise<Record<Lane, number>>;
  /** For how long the oldest job of a lane could have been taken, in milliseconds. Rejects when no shard answers. */
  oldestReadyMs(lane: Lane): Promise<number>;
  /** For the dashboard: the lanes of the first shard, then of the next. */
  readonly queues: readonly LaneQueue[];
  close(): Promise<void>;
}

export interface LaneQueue {
  readonly lane: Lane;
  /** From 0. */
  readonly shard: number;
  readonly queue: Queue<DeliverJob>;
  /** Whether the shard's server takes commands now, as far as its connection knows. */
  readonly isReachable: () => boolean;
}

/**
 * The queue of jobs that deliver, over all shards. A shard that is out of reach does not hold up the others: what can be
 * added is added, the shards that answer decide, and `onError` gets the error of one that does not. `now` is a clock that
 * all processes share, in Unix milliseconds: the database's (docs/adr/0028).
 */
export function createDeliveryQueue(
  shards: readonly Shard[],
  onError: (error: unknown) => void,
  now: () => number,
): DeliveryQueue {
  const parts = shards.map((shard) => createShardQueue(shard, onError, now));
  const ask = async <T>(question: (part: ShardQueue) => Promise<T>): Promise<T[]> =>
    answersOf(await Promise.allSettled(parts.map(question)), parts.length, onError);

  return {
    queues: parts.flatMap(({ lanes, isReachable }, shard) =>
      LANES.map((lane) => ({ lane, shard, queue: lanes[lane], isReachable })),
    ),
    enqueue: async (chunks) => {
      const added = await Promise.allSettled(split(chunks, parts).map(([part, mine]) => part.enqueue(mine)));
      for (const result of added) if (result.status === 'rejected') throw result.reason;
    },
    requeue: async (chunks) => {
      const asked = await Promise.allSettled(split(chunks, parts).map(([part, mine]) => part.requeue(mine)));
      return answersOf(asked, parts.length, onError).flat();
    },
    countReady: async () => {
      const counts = await ask((part) => part.countReady());
      return byLane((lane) => counts.reduce((total, count) => total + count[lane], 0));
    },
    oldestReadyMs: async (lane) => Math.max(...(await ask((part) => part.oldestReadyMs(lane)))),
    close: async () => {
      await Promise.all(parts.map((part) => part.close()));
    },
  };
}

/** The chunks of each shard that has any. */
function split(chunks: readonly Chunk[], parts: readonly ShardQueue[]): [ShardQueue, Chunk[]][] {
  const byShard = parts.map((part): [ShardQueue, Chunk[]] => [part, []]);
  for (const chunk of chunks) byShard[shardOf(chunk.chunkId, parts.length)]?.[1].push(chunk);
  return byShard.filter(([, mine]) => mine.length > 0);
}

/** The answers of the shards that gave one. Throws when all shards were asked and none answered. */
function answersOf<T>(
  results: readonly PromiseSettledResult<T>[],
  shards: number,
  onError: (error: unknown) => void,
): T[] {
  const failures = results.filter((result) => result.status === 'rejected');
  if (failures.length === shards) throw failures[0]?.reason;
  // Shards of one server fail in the same way: one error is enough.
  if (failures.length > 0) onError(failures[0]?.reason);
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}
