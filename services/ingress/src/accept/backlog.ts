import { LANES, type Lane } from '@ardor/domain/message/status';

export interface BacklogDeps {
  /** How long the oldest ready job has waited, in milliseconds. Rejects when the queue does not answer. */
  readonly oldestReadyMs: (lane: Lane) => Promise<number>;
  /** A lane whose oldest ready job has waited longer is stale. */
  readonly maxMs: number;
}

export interface Backlog {
  /** Reads every lane's age; call it periodically. Rejects when the queue does not answer. */
  sample(): Promise<void>;
  /** Whether a message accepted for the lane now would wait too long. False when the age is not known. */
  isStale(lane: Lane): boolean;
}

/**
 * Sheds load by age: a message that would wait for minutes is refused while its caller can still act. The age decides and not the
 * number of jobs, because a number does not say how fast they go.
 */
export function createBacklog({ oldestReadyMs, maxMs }: BacklogDeps): Backlog {
  const stale = new Set<Lane>();
  return {
    sample: async () => {
      try {
        const ages = await Promise.all(LANES.map(oldestReadyMs));
        LANES.forEach((lane, n) => ((ages[n] ?? 0) > maxMs ? stale.add(lane) : stale.delete(lane)));
      } catch (error) {
        // Accepting goes on while the queue is away: the rows are the record, and recovery adds their jobs.
        stale.clear();
        throw error;
      }
    },
    isStale: (lane) => stale.has(lane),
  };
}
