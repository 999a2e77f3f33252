import { LANES, type Lane } from '@ardor/domain/status';
import { startConsumer, type ConsumerOptions } from '@ardor/queue/consumer';

export interface LanesOptions extends Omit<ConsumerOptions, 'lane' | 'concurrency'> {
  readonly concurrency: Readonly<Record<Lane, number>>;
}

/** Each lane has consumers of its own, so that a flood in one takes no turn from another. */
export function startLanes({ concurrency, ...options }: LanesOptions): { close(): Promise<void> } {
  const consumers = LANES.map((lane) => startConsumer({ ...options, lane, concurrency: concurrency[lane] }));
  return {
    close: async () => {
      await Promise.all(consumers.map((consumer) => consumer.close()));
    },
  };
}

/** Thrown to the queue in place of any other error: Redis keeps a job's failure in the clear. */
export class ChunkFailedError extends Error {
  override readonly name = 'ChunkFailedError';
  readonly loggable = true;
  constructor() {
    super('the chunk failed and will be tried again; the worker’s log says why');
  }
}

/** Logs what went wrong and tells the queue only that it did. */
export function withoutDetails(
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
