import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface OverloadOptions {
  /** Requests under way at once. */
  readonly maxInFlight: number;
  /** Event-loop delay, the median of the last sample, in milliseconds. */
  readonly maxLoopDelayMs: number;
}

export interface OverloadGuard {
  /** True when one more request may begin; each that did must call `leave`. */
  enter(): boolean;
  leave(): void;
  readonly inFlight: () => number;
  stop(): Promise<void>;
}

const SAMPLE_MS = 200;

/**
 * Sheds load before latency collapses: a request that could not be answered in time is refused at once, for less than
 * its answer would cost. The median delay, because a single long pause (a collection, a large batch) is no overload.
 */
export function createOverloadGuard({ maxInFlight, maxLoopDelayMs }: OverloadOptions): OverloadGuard {
  let inFlight = 0;
  let delayed = false;
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const sampling = setInterval(() => {
    delayed = delay.percentile(50) / 1e6 > maxLoopDelayMs;
    delay.reset();
  }, SAMPLE_MS).unref();
  return {
    enter: () => {
      if (delayed || inFlight >= maxInFlight) return false;
      inFlight++;
      return true;
    },
    leave: () => {
      inFlight--;
    },
    inFlight: () => inFlight,
    stop: () => {
      clearInterval(sampling);
      delay.disable();
      return Promise.resolve();
    },
  };
}
