export interface PatienceOptions {
  /** Without any success for this long something hangs, and whoever has waited so long is told, in milliseconds. */
  readonly hungMs: number;
  /** Nobody waits longer than this, also while others succeed, in milliseconds. */
  readonly mostMs: number;
}

export interface Patience {
  /** A request has succeeded: what it needed does not hang. */
  progress(): void;
  /** `over` resolves when this request has waited long enough; `end` when it need not any more. */
  wait(): { readonly over: Promise<void>; readonly end: () => void };
}

/** Tells a system that hangs, where waiting is of no use, from one that is slow and gets on. */
export function createPatience({ hungMs, mostMs }: PatienceOptions): Patience {
  let progressAt = -Infinity;
  return {
    progress: () => {
      progressAt = performance.now();
    },
    wait: () => {
      const startedAt = performance.now();
      let timer: NodeJS.Timeout | undefined;
      const over = new Promise<void>((resolve) => {
        const look = (): void => {
          const now = performance.now();
          const until = Math.min(Math.max(startedAt, progressAt) + hungMs, startedAt + mostMs);
          if (now >= until) resolve();
          else timer = setTimeout(look, Math.ceil(until - now));
        };
        timer = setTimeout(look, hungMs);
      });
      return { over, end: () => clearTimeout(timer) };
    },
  };
}
