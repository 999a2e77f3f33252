import type { Logger } from '@ardor/runtime/observability/logger';
import type { DropResult } from '@ardor/store/maintenance/drop-old-partition';
import type { WorkerMetrics } from '../ops/metrics.js';

export interface ReportDropsDeps {
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly metrics: Pick<WorkerMetrics, 'countDrop'>;
}

/** Counts what came of each run, and logs what hinders the drops: when it begins, not at every run. */
export function createReportDrops({ log, metrics }: ReportDropsDeps): (result: DropResult) => void {
  let last: DropResult | undefined;
  return (result) => {
    if (result !== 'none_old') metrics.countDrop(result);
    // Another worker's turn tells nothing of what hinders this one.
    if (result === 'busy') return;
    if (result !== last && result === 'not_owner')
      log.warn('old partitions cannot be dropped', { cause: 'MAINTENANCE_DATABASE_URL needs the owner of messages' });
    if (result !== last && result === 'held') log.info('old partition is held', { cause: 'another session uses it' });
    last = result;
  };
}
