import { setImmediate } from 'node:timers/promises';
import type { Chunk } from '@ardor/queue/chunk';
import type { DeliveryQueue } from '@ardor/queue/delivery-queue';
import type { Failpoint } from '@ardor/runtime/process/failpoint';
import { createInFlightCounter } from '@ardor/runtime/concurrency/in-flight';

export interface Enqueue {
  /** Returns at once: the messages are stored, and if their jobs cannot be added, recovery owns them. */
  enqueue(chunks: readonly Chunk[]): void;
  /** Resolves when no job is being added. */
  idle(): Promise<void>;
}

export function createEnqueue(
  producer: Pick<DeliveryQueue, 'enqueue'>,
  failpoint: Failpoint,
  onFailure: (error: unknown, chunks: number) => void,
): Enqueue {
  const underWay = createInFlightCounter();
  const add = async (chunks: readonly Chunk[]): Promise<void> => {
    // The answers are written in this turn of the event loop: nobody waits for what adding a job costs.
    await setImmediate();
    failpoint('accept.before_queue');
    await producer.enqueue(chunks);
    failpoint('accept.after_queue');
  };
  return {
    enqueue: (chunks) => underWay.add(add(chunks).catch((error: unknown) => onFailure(error, chunks.length))),
    idle: underWay.idle,
  };
}
