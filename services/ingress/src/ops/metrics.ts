import { createBaseMetrics, type BaseMetrics } from '@ardor/runtime/metrics';
import { Counter, Histogram } from 'prom-client';
import type { Reply } from '../http/reply.js';

export interface IngressMetrics extends BaseMetrics {
  observeReply(route: string, reply: Reply, seconds: number): void;
  observeBatch(kind: 'accept' | 'query' | 'receipt', size: number): void;
}

export function createIngressMetrics(): IngressMetrics {
  const base = createBaseMetrics();
  const registers = [base.registry];
  const replies = new Counter({
    name: 'ardor_http_replies_total',
    help: 'Answers by route, HTTP status and reason word.',
    labelNames: ['route', 'status', 'reason'],
    registers,
  });
  const duration = new Histogram({
    name: 'ardor_http_seconds',
    help: 'From the request read to the answer written.',
    labelNames: ['route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  const batches = new Histogram({
    name: 'ardor_batch_size',
    help: 'Requests that shared one round trip.',
    labelNames: ['kind'],
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
    registers,
  });
  /** Looking a series up by its labels would cost a request more than counting it. */
  const known = new Map<string, { count: Counter.Internal; time: Histogram.Internal<'route'> }>();
  return {
    ...base,
    observeReply: (route, { status, reason }, seconds) => {
      const key = `${route} ${status} ${reason}`;
      let series = known.get(key);
      if (!series)
        known.set(
          key,
          (series = { count: replies.labels({ route, status, reason }), time: duration.labels({ route }) }),
        );
      series.count.inc();
      series.time.observe(seconds);
    },
    observeBatch: (kind, size) => batches.observe({ kind }, size),
  };
}
