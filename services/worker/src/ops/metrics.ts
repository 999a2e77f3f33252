import { createBaseMetrics, type BaseMetrics } from '@ardor/runtime/observability/metrics';
import type { DropResult } from '@ardor/store/maintenance/drop-old-partition';
import type { PartitionState } from '@ardor/store/maintenance/partitions';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { SettleReport } from '../settle/settle-and-requeue.js';

export interface WorkerMetrics extends BaseMetrics {
  /** One chunk that was claimed and settled. */
  observeDelivery(report: Pick<SettleReport, 'decisions' | 'durationMs'>): void;
  countRecovered(task: string, count: number): void;
  observePartitions(state: PartitionState): void;
  countDrop(result: DropResult): void;
}

export function createWorkerMetrics(): WorkerMetrics {
  const base = createBaseMetrics();
  const registers = [base.registry];
  const outcomes = new Counter({
    name: 'ardor_outcomes_total',
    help: 'Outcomes of messages that a worker held: accepted, rejected, deferred, uncertain.',
    labelNames: ['kind'],
    registers,
  });
  const claims = new Histogram({
    name: 'ardor_claim_size',
    help: 'Messages claimed for one chunk.',
    buckets: [1, 2, 5, 10, 20, 50, 100],
    registers,
  });
  const duration = new Histogram({
    name: 'ardor_deliver_seconds',
    help: 'Claim, send and settle of one chunk.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const undecipherable = new Counter({
    name: 'ardor_undecipherable_total',
    help: 'Times that a claimed message could not be opened with the keys of this worker.',
    registers,
  });
  const recovered = new Counter({
    name: 'ardor_recovered_total',
    help: 'Messages moved by recovery, by duty.',
    labelNames: ['task'],
    registers,
  });
  return {
    ...base,
    ...createPartitionMetrics(base.registry),
    observeDelivery: ({ decisions, durationMs }) => {
      claims.observe(decisions.length);
      duration.observe(durationMs / 1000);
      for (const { outcome, reason } of decisions) {
        outcomes.inc({ kind: outcome });
        if (reason === 'undecipherable') undecipherable.inc();
      }
    },
    countRecovered: (task, count) => recovered.inc({ task }, count),
  };
}

function createPartitionMetrics(registry: Registry): Pick<WorkerMetrics, 'observePartitions' | 'countDrop'> {
  const registers = [registry];
  const oldest = new Gauge({
    name: 'ardor_oldest_partition_days',
    help: 'Days from the oldest partition of messages until today.',
    registers,
  });
  const ahead = new Gauge({
    name: 'ardor_partitions_ahead_days',
    help: 'Days after today that have their partition of messages.',
    registers,
  });
  const drops = new Counter({
    name: 'ardor_partition_drops_total',
    help: 'Tries to drop an old partition: dropped, held, busy, not_owner.',
    labelNames: ['result'],
    registers,
  });
  return {
    observePartitions: ({ oldestDays, daysAhead }) => {
      oldest.set(oldestDays);
      ahead.set(daysAhead);
    },
    countDrop: (result) => drops.inc({ result }),
  };
}
