import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface LoadSheddingOptions {
  /** The largest number of requests in flight. One with a large body counts as several. */
  readonly maxInFlight: number;
  /** Event-loop delay, the median of the last sample, in milliseconds. */
  readonly maxLoopDelayMs: number;
}

export interface LoadShedder {
  /** Undefined when no more may begin; else what the request has to call once at its end. */
  tryAdmit(bodyBytes: number): (() => void) | undefined;
  readonly inFlight: () => number;
  stop(): Promise<void>;
}

const SAMPLE_MS = 200;
/** A body counts as one request for each so many bytes: what is held for it grows with it. */
const BYTES_OF_ONE = 4_096;

/**
 * Sheds load before latency collapses: a request that could not be answered in time is refused at once, for less than
 * its answer would cost. The median delay, because a single long pause (a collection, a large batch) is no overload.
 */
export function createLoadShedder({ maxInFlight, maxLoopDelayMs }: LoadSheddingOptions): LoadShedder {
  let inFlight = 0;
  let delayed = false;
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const sampling = setInterval(() => {
    delayed = delay.percentile(50) / 1e6 > maxLoopDelayMs;
    delay.reset();
  }, SAMPLE_MS).unref();
  const leaveOne = (): void => {
    inFlight--;
  };
  return {
    tryAdmit: (bodyBytes) => {
      if (delayed || inFlight >= maxInFlight) return undefined;
      const weight = Math.max(1, Math.ceil(bodyBytes / BYTES_OF_ONE));
      inFlight += weight;
      return weight === 1
        ? leaveOne
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
