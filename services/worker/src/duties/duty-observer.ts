import type { Logger } from '@ardor/runtime/observability/logger';
import type { WorkerMetrics } from '../ops/metrics.js';
import type { Duty } from './duty.js';
import type { DutyObserver } from './start-duties.js';

export interface DutyObserverDeps {
  readonly log: Pick<Logger, 'info' | 'error'>;
  readonly metrics: Pick<WorkerMetrics, 'countFailure' | 'countRecovered'>;
  /** Logs an outage once and returns true. Returns false for any other error. */
  readonly logOutage: (error: unknown) => boolean;
}

/** Logs and counts what duties did. */
export function createDutyObserver({ log, metrics, logOutage }: DutyObserverDeps): DutyObserver {
  return {
    onDone: ({ name, metric }: Duty, count) => {
      if (metric !== undefined) metrics.countRecovered(metric, count);
      log.info(metric === undefined ? 'maintenance done' : 'recovered', { task: name, count });
    },
    onError: ({ name, metric }: Duty, error) => {
      if (logOutage(error)) return;
      // The labels of `part` are published and stay.
      metrics.countFailure(metric === undefined ? 'housekeeping' : 'recovery');
      log.error('duty failed', { task: name, error });
    },
  };
}
