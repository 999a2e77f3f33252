export interface BackoffOptions {
  /** First ceiling, in milliseconds. */
  readonly baseMs: number;
  /** No delay is longer, in milliseconds. */
  readonly capMs: number;
}

/**
 * Full-jitter exponential backoff in milliseconds: uniform in [0, min(cap, base·2^(attempt−1))]. Messages that failed
 * together therefore do not come back together. `attempt` counts from 1. A carrier's own `retryAfterMs` is added.
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function fullJitterMs(
  attempt: number,
  { baseMs, capMs }: BackoffOptions,
  retryAfterMs = 0,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(retryAfterMs + random() * ceiling);
}
