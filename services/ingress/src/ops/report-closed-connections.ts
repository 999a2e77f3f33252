import type { MonotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';
import type { Logger } from '@ardor/runtime/observability/logger';
import type { BaseMetrics, ClosedCause } from '@ardor/runtime/observability/metrics';

export interface ReportClosedDeps {
  readonly log: Pick<Logger, 'warn'>;
  readonly metrics: Pick<BaseMetrics, 'countClosedConnection'>;
  readonly maxConnections: number;
  readonly now: MonotonicClock;
}

/** A line about the limit is written once in this time: a stranger must not fill the log. */
const LOG_AGAIN_MS = 60_000;

/** Counts connections that the API closed. The log tells that the limit is reached, at most once a minute. */
export function createReportClosed({ log, metrics, maxConnections, now }: ReportClosedDeps) {
  let loggedAt = -Infinity;
  return (cause: ClosedCause): void => {
    metrics.countClosedConnection('api', cause);
    if (cause === 'silence' || cause === 'broken' || now() - loggedAt < LOG_AGAIN_MS) return;
    loggedAt = now();
    log.warn('connection limit reached', { count: maxConnections });
  };
}
