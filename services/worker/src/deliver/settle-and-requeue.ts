import type { Lane } from '@ardor/domain/message/status';
import { groupIntoChunks } from '@ardor/queue/chunk';
import type { DeliveryQueue } from '@ardor/queue/delivery-queue';
import type { Failpoint } from '@ardor/runtime/process/failpoint';
import type { Settlement } from '@ardor/store/messages/settlement';
import type { SettleMessages } from '@ardor/store/messages/settle-messages';

export interface SettleAndRequeueDeps {
  readonly settle: SettleMessages;
  readonly producer: Pick<DeliveryQueue, 'enqueue'>;
  readonly failpoint: Failpoint;
  /** The rows are due by themselves; recovery brings back what the queue did not take. */
  readonly onQueueFailure: (error: unknown) => void;
}

/** Writes settlements and gives those that wait again their job. Returns the ids that were written. */
export type SettleAndRequeue = (
  settlements: readonly Settlement[],
  fence: string,
  laneOf: (id: string) => Lane,
) => Promise<ReadonlySet<string>>;

export function createSettleAndRequeue({
  settle,
  producer,
  failpoint,
  onQueueFailure,
}: SettleAndRequeueDeps): SettleAndRequeue {
  return async (settlements, fence, laneOf) => {
    const written = await settle(settlements, fence);
    failpoint('deliver.after_settle');
    const waiting = settlements.filter((one) => one.status === 'queuing').filter(({ id }) => written.has(id));
    const chunks = groupIntoChunks(
      waiting.map(({ id, chunkId, delayMs }) => ({ id, lane: laneOf(id), chunkId, delayMs })),
    );
    if (chunks.length > 0) await producer.enqueue(chunks).catch(onQueueFailure);
    return written;
  };
}
