import { setImmediate } from 'node:timers/promises';
import type { Chunk } from '@ardor/queue/chunk';
import type { DeliveryQueue } from '@ardor/queue/delivery-queue';
import { createInFlightCounter } from '@ardor/runtime/concurrency/in-flight';

export interface BackgroundEnqueuer {
  /** Returns at once. The messages are stored, so recovery requeues those whose job cannot be added. */
  enqueue(chunks: readonly Chunk[]): void;
  /** Resolves when no job is being added. */
  idle(): Promise<void>;
}

export function createBackgroundEnqueuer(
  addJobs: DeliveryQueue['enqueue'],
  onFailure: (error: unknown) => void,
): BackgroundEnqueuer {
  const inFlight = createInFlightCounter();
  const add = async (chunks: readonly Chunk[]): Promise<void> => {
    // The responses are written in this turn of the event loop, so no client waits for the cost of adding jobs.
    await setImmediate();
    await addJobs(chunks);
  };
  return {
    enqueue: (chunks) => inFlight.add(add(chunks).catch(onFailure)),
    idle: inFlight.idle,
  };
}
