import { createBaseMetrics, type BaseMetrics } from '@ardor/runtime/observability/metrics';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { FailedLoginReason, LoginPart } from '../http/failed-logins.js';
import type { Exchange } from '../http/handle-request.js';
import type { LimitMetrics } from '../limits/limit-alerts.js';

/** Durations of one kind of response that are not yet in a metric: many at once cost a fraction of one by one. */
interface PendingObservations {
  readonly labels: { readonly route: string; readonly status: number; readonly reason: string };
  readonly seconds: number[];
}

const MAX_PENDING = 500;

export interface IngressMetrics extends BaseMetrics, LimitMetrics {
  observeExchange(exchange: Pick<Exchange, 'route' | 'response' | 'seconds'>): void;
  /** `clientId`: only of a client that exists, so that there are not more series than clients. */
  countFailedLogin(part: LoginPart, reason: FailedLoginReason, clientId: string | undefined): void;
  /** Whether another ingress, which does not share our slots, has the limiter's epoch. */
  setForeignEpoch(foreign: boolean): void;
  observeBatch(kind: 'accept' | 'query' | 'receipt', size: number): void;
  /** `read` gives the bytes of all bodies in memory. */
  watchBodyBytes(read: () => number): void;
}

export function createIngressMetrics(): IngressMetrics {
  const base = createBaseMetrics();
  const registers = [base.registry];
  const pending = new Map<string, Map<string, PendingObservations>>();
  const responses = new Counter({
    name: 'ardor_http_replies_total',
    help: 'Responses by route, HTTP status and reason.',
    labelNames: ['route', 'status', 'reason'],
    registers,
    // prom-client collects this counter before the histogram, so it flushes both.
    collect: () => pending.forEach((byReason) => byReason.forEach(flush)),
  });
  const duration = new Histogram({
    name: 'ardor_http_seconds',
    help: 'From the request read to the response written.',
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
  const refusedByLimit = new Counter({
    name: 'ardor_refused_by_limit_total',
    help: 'Sends and queries that a limit refused, also those of a batch, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const acrossClients = new Counter({
    name: 'ardor_number_refused_across_clients_total',
    help: 'Sends that were refused because another client had just sent to the number.',
    registers,
  });
  const countryCaps = new Counter({
    name: 'ardor_country_caps_total',
    help: 'Hours in which the sends of a client to a country came near their cap, or reached it.',
    labelNames: ['level'],
    registers,
  });
  const failedLogins = new Counter({
    name: 'ardor_failed_logins_total',
    help: 'Log-ins that failed, by part (api, dashboard) and reason.',
    labelNames: ['part', 'reason'],
    registers,
  });
  const clientFailedLogins = new Counter({
    name: 'ardor_client_failed_logins_total',
    help: 'Log-ins at the API that failed, by client; empty where there is no such client.',
    labelNames: ['client_id'],
    registers,
  });
  const foreignEpoch = new Gauge({
    name: 'ardor_limiter_foreign_epoch',
    help: '1 while an ingress that does not share our number slots has the epoch of the limiter.',
    registers,
  });
  const flush = ({ labels, seconds }: PendingObservations): void => {
    const { route } = labels;
    responses.inc(labels, seconds.length);
    for (const one of seconds) duration.observe({ route }, one);
    seconds.length = 0;
  };
  return {
    ...base,
    observeExchange: ({ route, response: { status, reason }, seconds }) => {
      let byReason = pending.get(route);
      if (!byReason) pending.set(route, (byReason = new Map<string, PendingObservations>()));
      let observations = byReason.get(reason);
      if (!observations) byReason.set(reason, (observations = { labels: { route, status, reason }, seconds: [] }));
      if (observations.seconds.push(seconds) >= MAX_PENDING) flush(observations);
    },
    countRefusedByLimit: (reason, count) => refusedByLimit.inc({ reason }, count),
    countNumberRefusedAcrossClients: () => acrossClients.inc(),
    countCountryCap: (level) => countryCaps.inc({ level }),
    countFailedLogin: (part, reason, clientId = '') => {
      failedLogins.inc({ part, reason });
      if (part === 'api') clientFailedLogins.inc({ client_id: clientId });
    },
    setForeignEpoch: (foreign) => foreignEpoch.set(foreign ? 1 : 0),
    observeBatch: (kind, size) => batches.observe({ kind }, size),
    watchBodyBytes: (read) => {
      new Gauge({
        name: 'ardor_body_bytes',
        help: 'Bytes of request bodies that are counted against MAX_BODY_BYTES_IN_FLIGHT.',
        registers,
        collect() {
          this.set(read());
        },
      });
    },
  };
}
