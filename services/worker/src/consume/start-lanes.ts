import { LANES, type Lane } from '@ardor/domain/message/status';
import { startConsumer, type ConsumerOptions } from '@ardor/queue/consumer';
import type { Shard } from '@ardor/queue/shards';

export interface LanesOptions extends Omit<ConsumerOptions, 'lane' | 'concurrency' | 'connection' | 'prefix'> {
  readonly shards: readonly Shard[];
  /** Jobs in flight of each lane, over all its shards. */
  readonly concurrency: Readonly<Record<Lane, number>>;
}

/**
 * Each lane has consumers of its own, so a flood in one lane takes no turn from another. Each shard has its own as well,
 * so a shard whose Redis is away or hangs keeps no turn that another shard could use.
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
 * A lane's concurrency is what the database and the carrier can bear, however many shards there are. Each shard gets an
 * even share, as it gets an even share of the chunks. Rounded up, so that no shard is left without.
 */
export const shareOf = (concurrency: number, shards: number): number => Math.ceil(concurrency / shards);

/** Thrown to the queue in place of any other error, because Redis keeps the message of a failed job in the clear. */
export class ChunkFailedError extends Error {
  override readonly name = 'ChunkFailedError';
  readonly loggable = true;
  constructor() {
    super('the chunk failed and will be tried again; the worker’s log says why');
  }
}

/** Tells `onError` what went wrong, and the queue only that something did. */
export function redactJobErrors(
  process: (ids: readonly string[]) => Promise<void>,
  onError: (error: unknown, count: number) => void,
): (ids: readonly string[]) => Promise<void> {
  return async (ids) => {
    try {
      await process(ids);
    } catch (error) {
      onError(error, ids.length);
      // Without a cause: it would go to Redis.
      throw new ChunkFailedError();
    }
  };
}
