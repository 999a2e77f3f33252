export interface ResponseDeadlineOptions {
  /** Without any success for this long something hangs, and whoever has waited so long is told, in milliseconds. */
  readonly stallMs: number;
  /** Nobody waits longer than this, also while others succeed, in milliseconds. */
  readonly maxMs: number;
}

export interface ResponseDeadline {
  /** A request has succeeded: what it needed does not hang. */
  progress(): void;
  /** Calls `onOver` when this request has waited long enough, unless the function that it returns was called before. */
  wait(onOver: () => void): () => void;
}

interface Wait {
  readonly startedAt: number;
  /** Undefined once it is no longer waited for. */
  onOver: (() => void) | undefined;
}

/** Looks for each limit: how late a look may be, as a part of it. */
const LOOKS = 20;

/**
 * Tells a system that hangs, where waiting is of no use, from one that is slow and gets on. One timer serves all who
 * wait: a timer for each request would cost more than what it watches. A list that each look cuts, because of a Set in which each
 * request came and went everything that it ever held stayed until the next full collection.
 */
export function createResponseDeadline({ stallMs, maxMs }: ResponseDeadlineOptions): ResponseDeadline {
  /** In the order of their start, which is the order in which they are over. */
  let waits: Wait[] = [];
  let progressAt = -Infinity;
  let looking: NodeJS.Timeout | undefined;

  const look = (): void => {
    const now = performance.now();
    const isOver = ({ startedAt }: Wait): boolean =>
      now >= Math.min(Math.max(startedAt, progressAt) + stallMs, startedAt + maxMs);
    const over = waits.filter((wait) => wait.onOver && isOver(wait));
    waits = waits.filter((wait) => wait.onOver && !isOver(wait));
    looking = waits.length > 0 ? lookSoon() : undefined;
    for (const { onOver } of over) onOver?.();
  };
  const lookSoon = (): NodeJS.Timeout => setTimeout(look, stallMs / LOOKS).unref();

  return {
    progress: () => {
      progressAt = performance.now();
    },
    wait: (onOver) => {
      const wait: Wait = { startedAt: performance.now(), onOver };
      waits.push(wait);
      looking ??= lookSoon();
      return () => {
        wait.onOver = undefined;
      };
    },
  };
}
