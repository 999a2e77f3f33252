import { LANES, type Lane } from '@ardor/domain/message/status';

export interface BacklogDeps {
  /** For how long the job next in line waits, in milliseconds. Rejects where the queue cannot tell. */
  readonly oldestReadyMs: (lane: Lane) => Promise<number>;
  readonly maxMs: number;
}

export interface Backlog {
  /** One look at every lane; to be repeated. Rejects where the queue cannot tell. */
  sample(): Promise<void>;
  /** Whether what is accepted for the lane now would wait too long. False where that is not known. */
  isStale(lane: Lane): boolean;
}

/**
 * Sheds load by age: messages that would wait for minutes behind others are refused while the caller can still do
 * something about it. By the age of the oldest job and not by their number, which says nothing of how fast they go.
 */
export function createBacklog({ oldestReadyMs, maxMs }: BacklogDeps): Backlog {
  const tooOld = new Set<Lane>();
  return {
    sample: async () => {
      try {
        const ages = await Promise.all(LANES.map(oldestReadyMs));
        LANES.forEach((lane, n) => ((ages[n] ?? 0) > maxMs ? tooOld.add(lane) : tooOld.delete(lane)));
      } catch (error) {
        // A queue that is away keeps nobody from accepting: the rows are the record, recovery adds their jobs.
        tooOld.clear();
        throw error;
      }
    },
    isStale: (lane) => tooOld.has(lane),
  };
}
