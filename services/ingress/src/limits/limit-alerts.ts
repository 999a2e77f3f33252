import type { RefusalReason } from '@ardor/domain/errors/reasons';
import { clientCountryKey } from '@ardor/rate-limits/client-country';
import type { ClientQuota } from '@ardor/rate-limits/client-quota';
import type { QuotaUse, QuotaGroup } from '@ardor/rate-limits/pack-quotas';
import type { SendLimit } from '@ardor/rate-limits/read-decisions';
import type { Logger } from '@ardor/runtime/observability/logger';

/** Counts what an operator should know of the limits. */
export interface LimitMetrics {
  /** Sends or queries, also those of a batch. */
  countRefusedByLimit(reason: RefusalReason, count: number): void;
  countNumberRefusedAcrossClients(): void;
  countCountryCap(level: 'near' | 'reached'): void;
}

export interface LimitAlerts {
  /** A send was refused by this limit, and its client got this reason. */
  refusedSend(limit: SendLimit, reason: RefusalReason, use: QuotaUse): void;
  /** A send was refused, because its client may not send to the number. */
  refusedDestination(reason: RefusalReason, quota: ClientQuota): void;
  /** Queries of a client were refused, for this reason. */
  refusedQueries(reason: RefusalReason, quota: ClientQuota, count: number): void;
  /** The sends of a client to a country have passed four fifths of their cap in this hour. The limiter says it once. */
  nearCountryCap(group: QuotaGroup): void;
  /** Writes a line for each client that was refused by its own limits, or across clients, since the last report: call it once a minute. */
  report(): void;
}

/** Limits of the client itself. */
const OWN_LIMITS: ReadonlySet<SendLimit> = new Set<SendLimit>([
  'client_second_full',
  'client_day_full',
  'country_hour_full',
]);

const HOUR_MS = 3_600_000;

/** No line has a phone number. */
export function createLimitAlerts(
  log: Pick<Logger, 'warn'>,
  metrics: LimitMetrics,
  now: () => number = Date.now,
): LimitAlerts {
  const acrossClients = new Map<string, number>();
  const byOwnLimits = new Map<string, Map<RefusalReason, number>>();
  let hour = 0;
  let reachedThisHour = new Set<string>();
  const reached = ({ clientId }: ClientQuota, country: string): void => {
    const thisHour = Math.floor(now() / HOUR_MS);
    if (thisHour !== hour) {
      hour = thisHour;
      reachedThisHour = new Set();
    }
    const key = clientCountryKey(clientId, country);
    if (reachedThisHour.has(key)) return;
    reachedThisHour.add(key);
    metrics.countCountryCap('reached');
    log.warn('country cap reached', { client_id: clientId, country });
  };
  const byOwnLimit = (reason: RefusalReason, { clientId }: ClientQuota, count: number): void => {
    let reasons = byOwnLimits.get(clientId);
    if (!reasons) byOwnLimits.set(clientId, (reasons = new Map<RefusalReason, number>()));
    add(reasons, reason, count);
  };
  return {
    refusedSend: (limit, reason, { quota, country }) => {
      metrics.countRefusedByLimit(reason, 1);
      if (limit === 'number_slot_taken_by_another') {
        metrics.countNumberRefusedAcrossClients();
        add(acrossClients, quota.clientId, 1);
      }
      if (limit === 'country_hour_full') reached(quota, country);
      if (OWN_LIMITS.has(limit)) byOwnLimit(reason, quota, 1);
    },
    refusedDestination: (reason, quota) => {
      metrics.countRefusedByLimit(reason, 1);
      byOwnLimit(reason, quota, 1);
    },
    refusedQueries: (reason, quota, count) => {
      if (count === 0) return;
      metrics.countRefusedByLimit(reason, count);
      if (reason === 'client_query_rate_limited') byOwnLimit(reason, quota, count);
    },
    nearCountryCap: ({ quota, country, cap }) => {
      metrics.countCountryCap('near');
      log.warn('country cap near', { client_id: quota.clientId, country, cap });
    },
    report: () => {
      for (const [client_id, count] of acrossClients) log.warn('numbers refused across clients', { client_id, count });
      for (const [client_id, reasons] of byOwnLimits)
        for (const [reason, count] of reasons) log.warn('client at its limit', { client_id, reason, count });
      acrossClients.clear();
      byOwnLimits.clear();
    },
  };
}

function add<K>(counts: Map<K, number>, key: K, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
