import { LANES, type Lane } from '@ardor/domain/message/status';
import type { MonotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';

export interface LivenessDeps {
  /** Jobs of each lane that could be taken now. Rejects while the queue is out of reach. */
  readonly waiting: () => Promise<Record<Lane, number>>;
  /** Rejects while the database is out of reach. */
  readonly database: () => Promise<unknown>;
  readonly now: MonotonicClock;
  /** A backlog without progress for longer than this makes the worker unhealthy. */
  readonly limitMs: number;
  /** How often `sample` is called. */
  readonly sampleEveryMs: number;
}

export interface Liveness {
  /** A job has ended well. A failed job is no progress: see below. */
  progress(): void;
  /** Reads the backlog once. Never rejects. */
  sample(): Promise<void>;
  /** Why a restart may help, without a secret; undefined while the worker is healthy. */
  unhealthyReason(): string | undefined;
}

/** A sample that is this many intervals late is ignored: the process was paused, or a response was late. */
const LATE_INTERVALS = 4;

/**
 * Whether this worker makes progress while there is something to do. It is unhealthy when one lane had jobs waiting at
 * every sample of the limit, the database and Redis answered each time, and the worker finished no job of any lane.
 *
 * - An empty lane is healthy. So is a dependency that is away: a restart would not bring it back.
 * - A failed job is no progress. While the database is away, the sample notices and nothing counts. When it answers and
 *   yet every job fails for so long, something in this process may be broken that a restart mends. What the process
 *   holds is safe: jobs go to other workers, claims end. A bad job among good ones is harmless: one good job is progress.
 * - A job that found nothing to claim is progress: the queue moves.
 */
export function createLiveness({ waiting, database, now, limitMs, sampleEveryMs }: LivenessDeps): Liveness {
  const backlogSince = new Map<Lane, number>();
  let lastSampleAt = -Infinity;
  const startOver = (): void => backlogSince.clear();

  const sample = async (): Promise<void> => {
    const startedAt = now();
    let counts: Record<Lane, number>;
    try {
      [counts] = await Promise.all([waiting(), database()]);
    } catch {
      // The dependency log reports the outage. Here the sample is ignored, and what came before it.
      startOver();
      return;
    }
    if (startedAt - lastSampleAt > LATE_INTERVALS * sampleEveryMs) startOver();
    lastSampleAt = startedAt;
    for (const lane of LANES) {
      if (counts[lane] === 0) backlogSince.delete(lane);
      else if (!backlogSince.has(lane)) backlogSince.set(lane, startedAt);
    }
  };

  return {
    progress: startOver,
    sample,
    unhealthyReason: () => {
      const stuck = LANES.filter((lane) => lastSampleAt - (backlogSince.get(lane) ?? Infinity) > limitMs);
      if (stuck.length === 0) return undefined;
      return `no job finished for ${limitMs / 1000} s while jobs waited: ${stuck.join(', ')}`;
    },
  };
}
