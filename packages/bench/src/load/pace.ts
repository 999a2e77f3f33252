/**
 * `rate`: requests are due at fixed times, whatever happens to the earlier ones. A request that finds no free connection
 * waits, and its latency counts from the time it was due. Latencies of the warm-up are dropped: the generator opens
 * its connections then and is not yet compiled. `full` and `count`: every connection sends again at once.
 */
export type Pace =
  | { readonly kind: 'rate'; readonly perSecond: number; readonly warmUpSeconds: number; readonly seconds: number }
  | { readonly kind: 'full'; readonly seconds: number }
  | { readonly kind: 'count'; readonly requests: number };

/** The planned length, warm-up included; unknown for a count. */
export const plannedSeconds = (pace: Exclude<Pace, { kind: 'count' }>): number =>
  pace.seconds + (pace.kind === 'rate' ? pace.warmUpSeconds : 0);

export const plannedRequests = (pace: Extract<Pace, { kind: 'rate' }>): number =>
  Math.floor(pace.perSecond * plannedSeconds(pace));

/** Returns when the n-th request was due, or undefined when it is not due yet or there is none. */
export function schedule(pace: Pace, startedAt: number): (n: number, now: number) => number | undefined {
  switch (pace.kind) {
    case 'rate': {
      const total = plannedRequests(pace);
      return (n, now) => {
        // Whole milliseconds: a timer fires no more often.
        const at = startedAt + Math.ceil((n * 1_000) / pace.perSecond);
        return n < total && at <= now ? at : undefined;
      };
    }
    case 'full':
      return (_, now) => (Math.min(now, performance.now()) < startedAt + pace.seconds * 1_000 ? now : undefined);
    case 'count':
      return (n, now) => (n < pace.requests ? now : undefined);
  }
}
