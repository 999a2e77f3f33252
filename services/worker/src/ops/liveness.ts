import { LANES, type Lane } from '@ardor/domain/message/status';

export interface LivenessDeps {
  /** Jobs of each lane that could be taken now. Rejects while the queue is out of reach. */
  readonly waiting: () => Promise<Record<Lane, number>>;
  /** Rejects while the database is out of reach. */
  readonly database: () => Promise<unknown>;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** A backlog without progress for longer than this is a sickness. */
  readonly limitMs: number;
}

export interface Liveness {
  /** A job has ended well. One that failed is no progress: see below. */
  progress(): void;
  /** One look at the backlog; to be repeated every `sampleEveryMs`. */
  sample(): Promise<void>;
  readonly sampleEveryMs: number;
  /** Why a restart may help, in words without a secret; undefined while all is well. */
  unhealthyReason(): string | undefined;
}

const LOOKS_IN_LIMIT = 12;
/** A look that comes this many times later than it should proves nothing: the process was paused, or a reply was late. */
const LATE = 4;

/**
 * Whether this worker lives: it makes progress while there is something to do. It is sick when the same lane had jobs
 * waiting at every look of the limit, the database and Redis answered each time, and it finished no job of any lane.
 *
 * - An empty lane is no sickness, nor is a dependency that is away: a restart would bring nothing back.
 * - A job that failed is no progress. While the database is away the look says so and nothing counts; when it answers
 *   and yet every job fails for so long, something in this process may be broken that a restart mends, and what it holds
 *   is safe: jobs go to others, claims lapse. A bad job among good ones is harmless, as one good job is progress.
 * - A job that found nothing to claim is progress: the queue moves.
 */
export function createLiveness({ waiting, database, now, limitMs }: LivenessDeps): Liveness {
  const sampleEveryMs = limitMs / LOOKS_IN_LIMIT;
  const backlogSince = new Map<Lane, number>();
  let lastLookAt = -Infinity;
  const allIsWell = (): void => backlogSince.clear();

  const sample = async (): Promise<void> => {
    const startedAt = now();
    let counts: Record<Lane, number>;
    try {
      [counts] = await Promise.all([waiting(), database()]);
    } catch {
      // Whoever owns the dependency tells of it; here it only means that nothing can be said.
      allIsWell();
      return;
    }
    if (startedAt - lastLookAt > LATE * sampleEveryMs) allIsWell();
    lastLookAt = startedAt;
    for (const lane of LANES) {
      if (counts[lane] === 0) backlogSince.delete(lane);
      else if (!backlogSince.has(lane)) backlogSince.set(lane, startedAt);
    }
  };

  return {
    progress: allIsWell,
    sample,
    sampleEveryMs,
    unhealthyReason: () => {
      const stuck = LANES.filter((lane) => lastLookAt - (backlogSince.get(lane) ?? Infinity) > limitMs);
      if (stuck.length === 0) return undefined;
      return `no job finished for ${limitMs / 1000} s while jobs waited: ${stuck.join(', ')}`;
    },
  };
}
