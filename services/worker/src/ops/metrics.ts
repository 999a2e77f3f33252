import type { Outcome } from '@ardor/domain/message/outcome';
import { createBaseMetrics, type BaseMetrics } from '@ardor/runtime/observability/metrics';
import { Counter, Histogram } from 'prom-client';

export interface WorkerMetrics extends BaseMetrics {
  observeDelivery(delivery: { claimed: number; outcomes: readonly Outcome['kind'][]; durationMs: number }): void;
  countSwept(task: string, count: number): void;
}

export function createWorkerMetrics(): WorkerMetrics {
  const base = createBaseMetrics();
  const registers = [base.registry];
  const outcomes = new Counter({
    name: 'ardor_outcomes_total',
    help: 'What the carrier said of messages: accepted, rejected, deferred, uncertain.',
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
  const swept = new Counter({
    name: 'ardor_recovered_total',
    help: 'Messages moved by recovery, by task.',
    labelNames: ['task'],
    registers,
  });
  return {
    ...base,
    observeDelivery: ({ claimed, outcomes: kinds, durationMs }) => {
      claims.observe(claimed);
      duration.observe(durationMs / 1000);
      kinds.forEach((kind) => outcomes.inc({ kind }));
    },
    countSwept: (task, count) => swept.inc({ task }, count),
  };
}
