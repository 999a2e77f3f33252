import { LANES, type Lane } from '@ardor/domain/message/status';

export interface BacklogDeps {
  /** How long the oldest ready job has waited, in milliseconds. Rejects when the queue does not answer. */
  readonly oldestReadyMs: (lane: Lane) => Promise<number>;
  /** A lane whose oldest ready job has waited longer takes no more. */
  readonly maxMs: number;
}

export interface Backlog {
  /** Reads every lane's age; call it periodically. Rejects when the queue does not answer. */
  sample(): Promise<void>;
  /** Whether a message accepted for the lane now would wait too long. False when the age is not known. */
  isTooOld(lane: Lane): boolean;
}

/**
 * Refuses sends for a lane whose oldest job waits too long: their callers can still act now. The age decides and not the count of jobs,
 * because a count does not say how fast they go.
 */
export function createBacklog({ oldestReadyMs, maxMs }: BacklogDeps): Backlog {
  const tooOld = new Set<Lane>();
  return {
    sample: async () => {
      try {
        const ages = await Promise.all(LANES.map(oldestReadyMs));
        LANES.forEach((lane, n) => ((ages[n] ?? 0) > maxMs ? tooOld.add(lane) : tooOld.delete(lane)));
      } catch (error) {
        // Accepting goes on while the queue is away: the rows are the record, and recovery adds their jobs.
        tooOld.clear();
        throw error;
      }
    },
    isTooOld: (lane) => tooOld.has(lane),
  };
}
