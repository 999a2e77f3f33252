import type { Lane } from '@ardor/domain/message/status';
import type { Chunk, Producer } from '@ardor/queue/producer';
import type { Failpoint } from '@ardor/runtime/process/failpoint';
import type { Settlement } from '@ardor/store/messages/settlement';
import type { SettleMessages } from '@ardor/store/messages/settle-messages';

export interface SettleAndRequeueDeps {
  readonly settle: SettleMessages;
  readonly producer: Pick<Producer, 'add'>;
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
    const chunks = waitingChunks(
      settlements.filter(({ id }) => written.has(id)),
      laneOf,
    );
    if (chunks.length > 0) await producer.add(chunks).catch(onQueueFailure);
    return written;
  };
}

function waitingChunks(settlements: readonly Settlement[], laneOf: (id: string) => Lane): Chunk[] {
  const chunks = new Map<string, Chunk & { ids: string[] }>();
  for (const settlement of settlements) {
    if (settlement.status !== 'queuing') continue;
    const { id, chunkId, delayMs } = settlement;
    const lane = laneOf(id);
    const key = `${chunkId}/${lane}`;
    const chunk = chunks.get(key) ?? { chunkId, lane, delayMs, ids: [] };
    chunk.ids.push(id);
    chunks.set(key, chunk);
  }
  return [...chunks.values()];
}
