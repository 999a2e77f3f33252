import { monitorEventLoopDelay } from 'node:perf_hooks';
import { LOOP_SAMPLE_MS } from '../timing.js';

export interface LoadSheddingOptions {
  /** Requests in flight; one with a large body counts as several. */
  readonly maxInFlight: number;
  /** Event-loop delay, the median of the last sample, in milliseconds. */
  readonly maxLoopDelayMs: number;
}

export interface LoadShedder {
  /** Undefined when the request must be refused; else a function to call once when it has ended. */
  tryAdmit(bodyBytes: number): (() => void) | undefined;
  readonly inFlight: () => number;
  stop(): Promise<void>;
}

/** A body counts as one request for each 4 KiB, because the memory held for it grows with it. */
const BYTES_PER_REQUEST = 4_096;

/**
 * Sheds load before latency collapses: a request that could not be answered in time is refused at once, at less cost. The median of the
 * delay decides, because one long pause (a garbage collection, a large batch) is no overload.
 */
export function createLoadShedder({ maxInFlight, maxLoopDelayMs }: LoadSheddingOptions): LoadShedder {
  let inFlight = 0;
  let delayed = false;
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const sampling = setInterval(() => {
    delayed = delay.percentile(50) / 1e6 > maxLoopDelayMs;
    delay.reset();
  }, LOOP_SAMPLE_MS).unref();
  const releaseOne = (): void => {
    inFlight--;
  };
  return {
    tryAdmit: (bodyBytes) => {
      if (delayed || inFlight >= maxInFlight) return undefined;
      const weight = Math.max(1, Math.ceil(bodyBytes / BYTES_PER_REQUEST));
      inFlight += weight;
      return weight === 1
        ? releaseOne
        : () => {
            inFlight -= weight;
          };
    },
    inFlight: () => inFlight,
    stop: () => {
      clearInterval(sampling);
      delay.disable();
      return Promise.resolve();
    },
  };
}
