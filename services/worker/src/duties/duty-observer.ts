import type { Logger } from '@ardor/runtime/observability/logger';
import type { WorkerMetrics } from '../ops/metrics.js';
import type { Duty } from './duty.js';
import type { DutyObserver } from './start-duties.js';

export interface DutyObserverDeps {
  readonly log: Pick<Logger, 'info' | 'error'>;
  readonly metrics: Pick<WorkerMetrics, 'countFailure' | 'countRecovered'>;
  /** Tells of an outage in the dependency log; false for any other error. */
  readonly isOutage: (error: unknown) => boolean;
}

/** Logs and counts what duties did. */
export function createDutyObserver({ log, metrics, isOutage }: DutyObserverDeps): DutyObserver {
  return {
    onDone: ({ name, metric }: Duty, count) => {
      if (metric !== undefined) metrics.countRecovered(metric, count);
      log.info(metric === undefined ? 'maintenance done' : 'recovered', { task: name, count });
    },
    onError: ({ name, metric }: Duty, error) => {
      if (isOutage(error)) return;
      metrics.countFailure(metric === undefined ? 'housekeeping' : 'recovery');
      log.error('duty failed', { task: name, error });
    },
  };
}
