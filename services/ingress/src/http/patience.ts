export interface PatienceOptions {
  /** Without any success for this long something hangs, and whoever has waited so long is told, in milliseconds. */
  readonly hungMs: number;
  /** Nobody waits longer than this, also while others succeed, in milliseconds. */
  readonly mostMs: number;
}

export interface Patience {
  /** A request has succeeded: what it needed does not hang. */
  progress(): void;
  /** Calls `onOver` when this request has waited long enough, unless the function that it returns was called before. */
  wait(onOver: () => void): () => void;
}

interface Wait {
  readonly startedAt: number;
  readonly onOver: () => void;
}

/** Looks for each limit: how late a look may be, as a part of it. */
const LOOKS = 20;

/**
 * Tells a system that hangs, where waiting is of no use, from one that is slow and gets on. One timer serves all who
 * wait: a timer for each request would cost more than what it watches.
 */
export function createPatience({ hungMs, mostMs }: PatienceOptions): Patience {
  /** In the order of their start, which is the order in which they are over. */
  const waits = new Set<Wait>();
  let progressAt = -Infinity;
  let looking: NodeJS.Timeout | undefined;

  const look = (): void => {
    const now = performance.now();
    for (const wait of waits) {
      const { startedAt, onOver } = wait;
      if (now < Math.min(Math.max(startedAt, progressAt) + hungMs, startedAt + mostMs)) break;
      waits.delete(wait);
      onOver();
    }
    looking = waits.size > 0 ? setTimeout(look, hungMs / LOOKS).unref() : undefined;
  };

  return {
    progress: () => {
      progressAt = performance.now();
    },
    wait: (onOver) => {
      const wait = { startedAt: performance.now(), onOver };
      waits.add(wait);
      looking ??= setTimeout(look, hungMs / LOOKS).unref();
      return () => void waits.delete(wait);
    },
  };
}
