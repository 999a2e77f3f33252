import { LANES, type Lane } from '@ardor/domain/message/status';
import { startConsumer, type ConsumerOptions } from '@ardor/queue/consumer';
import type { Shard } from '@ardor/queue/shards';

export interface LanesOptions extends Omit<ConsumerOptions, 'lane' | 'concurrency' | 'connection' | 'prefix'> {
  readonly shards: readonly Shard[];
  /** Of a lane, over all its shards. */
  readonly concurrency: Readonly<Record<Lane, number>>;
}

/**
 * Each lane has consumers of its own, so that a flood in one takes no turn from another; and one in each shard, so that a
 * shard whose Redis is away or hangs keeps no turn that another could use.
 */
export function startLanes({ shards, concurrency, ...options }: LanesOptions): { close(): Promise<void> } {
  const consumers = LANES.flatMap((lane) =>
    shards.map((shard) =>
      startConsumer({ ...options, ...shard, lane, concurrency: shareOf(concurrency[lane], shards.length) }),
    ),
  );
  return {
    close: async () => {
      await Promise.all(consumers.map((consumer) => consumer.close()));
    },
  };
}

/**
 * A lane's concurrency is what the database and the carrier can bear, however many shards there are: each has an even
 * share, as each has an even share of the chunks. Rounded up, so that none is left without.
 */
export const shareOf = (concurrency: number, shards: number): number => Math.ceil(concurrency / shards);

/** Thrown to the queue in place of any other error: Redis keeps a job's failure in the clear. */
export class ChunkFailedError extends Error {
  override readonly name = 'ChunkFailedError';
  readonly loggable = true;
  constructor() {
    super('the chunk failed and will be tried again; the worker’s log says why');
  }
}

/** Logs what went wrong and tells the queue only that it did. */
export function redactJobErrors(
  process: (ids: readonly string[]) => Promise<void>,
  onError: (error: unknown, count: number) => void,
): (ids: readonly string[]) => Promise<void> {
  return async (ids) => {
    try {
      await process(ids);
    } catch (error) {
      onError(error, ids.length);
      // The cause is left out on purpose: it would go to Redis.
      throw new ChunkFailedError();
    }
  };
}
