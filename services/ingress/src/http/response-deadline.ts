export interface ResponseDeadlineOptions {
  /** A request that has waited this long while none succeeded is answered: something hangs. In milliseconds. */
  readonly stallMs: number;
  /** No request waits longer than this, even while others succeed. In milliseconds. */
  readonly maxMs: number;
}

export interface ResponseDeadline {
  /** Call when a request succeeded: its dependencies do not hang. */
  progress(): void;
  /** Calls `onExpired` when this request has waited long enough, unless the returned function was called before. */
  start(onExpired: () => void): () => void;
}

interface Wait {
  readonly startedAt: number;
  /** Undefined once the request was answered. */
  onExpired: (() => void) | undefined;
}

/** Checks within each limit. A deadline is therefore late by 1/20 at most. */
const CHECKS_PER_LIMIT = 20;

/**
 * Distinguishes a hung system, where waiting is useless, from a slow one that makes progress. One timer serves all requests, because a timer
 * each would cost more than what it watches. Waits are kept in an array that each check rebuilds: V8 keeps everything that ever went
 * through a busy Set alive until its next full collection (docs/adr/0014).
 */
export function createResponseDeadline({ stallMs, maxMs }: ResponseDeadlineOptions): ResponseDeadline {
  /** Sorted by start time, so expired waits are at the front. */
  let waits: Wait[] = [];
  let progressAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;

  const check = (): void => {
    const now = performance.now();
    const isExpired = ({ startedAt }: Wait): boolean =>
      now >= Math.min(Math.max(startedAt, progressAt) + stallMs, startedAt + maxMs);
    const expired = waits.filter((wait) => wait.onExpired && isExpired(wait));
    waits = waits.filter((wait) => wait.onExpired && !isExpired(wait));
    timer = waits.length > 0 ? scheduleCheck() : undefined;
    for (const { onExpired } of expired) onExpired?.();
  };
  const scheduleCheck = (): NodeJS.Timeout => setTimeout(check, stallMs / CHECKS_PER_LIMIT).unref();

  return {
    progress: () => {
      progressAt = performance.now();
    },
    start: (onExpired) => {
      const wait: Wait = { startedAt: performance.now(), onExpired };
      waits.push(wait);
      timer ??= scheduleCheck();
      return () => {
        wait.onExpired = undefined;
      };
    },
  };
}
