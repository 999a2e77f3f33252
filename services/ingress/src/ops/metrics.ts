import { createBaseMetrics, type BaseMetrics } from '@ardor/runtime/observability/metrics';
import { Counter, Histogram } from 'prom-client';
import type { ApiResponse } from '../http/response.js';

/** Answers of one kind that no metric has yet: many at once cost a fraction of what each by itself does. */
interface Unseen {
  readonly labels: { readonly route: string; readonly status: number; readonly reason: string };
  readonly seconds: number[];
}

const MOST_UNSEEN = 500;

export interface IngressMetrics extends BaseMetrics {
  observeReply(route: string, reply: ApiResponse, seconds: number): void;
  observeBatch(kind: 'accept' | 'query' | 'receipt', size: number): void;
}

export function createIngressMetrics(): IngressMetrics {
  const base = createBaseMetrics();
  const registers = [base.registry];
  const unseen = new Map<string, Map<string, Unseen>>();
  const replies = new Counter({
    name: 'ardor_http_replies_total',
    help: 'Answers by route, HTTP status and reason word.',
    labelNames: ['route', 'status', 'reason'],
    registers,
    // Of the two that are counted late the first to be asked.
    collect: () => unseen.forEach((ofRoute) => ofRoute.forEach(see)),
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
  const see = ({ labels, seconds }: Unseen): void => {
    const { route } = labels;
    replies.inc(labels, seconds.length);
    for (const one of seconds) duration.observe({ route }, one);
    seconds.length = 0;
  };
  return {
    ...base,
    observeReply: (route, { status, reason }, seconds) => {
      let ofRoute = unseen.get(route);
      if (!ofRoute) unseen.set(route, (ofRoute = new Map<string, Unseen>()));
      let ofReason = ofRoute.get(reason);
      if (!ofReason) ofRoute.set(reason, (ofReason = { labels: { route, status, reason }, seconds: [] }));
      if (ofReason.seconds.push(seconds) >= MOST_UNSEEN) see(ofReason);
    },
    observeBatch: (kind, size) => batches.observe({ kind }, size),
  };
}
