import { setImmediate } from 'node:timers/promises';
import type { Chunk } from '@ardor/queue/chunk';
import type { DeliveryQueue } from '@ardor/queue/delivery-queue';
import type { Failpoint } from '@ardor/runtime/process/failpoint';
import { createInFlightCounter } from '@ardor/runtime/concurrency/in-flight';

export interface Enqueue {
  /** Returns at once. The messages are stored, so recovery requeues those whose job cannot be added. */
  enqueue(chunks: readonly Chunk[]): void;
  /** Resolves when no job is being added. */
  idle(): Promise<void>;
}

export interface EnqueueDeps {
  readonly deliveryQueue: Pick<DeliveryQueue, 'enqueue'>;
  readonly failpoint: Failpoint;
  readonly onFailure: (error: unknown) => void;
  readonly onSuccess: () => void;
}

export function createEnqueue({ deliveryQueue, failpoint, onFailure, onSuccess }: EnqueueDeps): Enqueue {
  const inFlight = createInFlightCounter();
  const add = async (chunks: readonly Chunk[]): Promise<void> => {
    // The responses are written in this turn of the event loop, so no client waits for the cost of adding jobs.
    await setImmediate();
    failpoint('accept.before_queue');
    await deliveryQueue.enqueue(chunks);
    failpoint('accept.after_queue');
    onSuccess();
  };
  return {
    enqueue: (chunks) => inFlight.add(add(chunks).catch(onFailure)),
    idle: inFlight.idle,
  };
}
