import type { ClientQuota } from '@ardor/rate-limits/client-quota';
import type { SenderGroup } from '@ardor/rate-limits/pack-senders';
import type { SendLimit } from '@ardor/rate-limits/read-decisions';
import type { Logger } from '@ardor/runtime/observability/logger';

/** Counts what an operator should know of the limits. */
export interface LimitMetrics {
  countNumberRefusedAcrossClients(): void;
  countCountryCap(level: 'near' | 'reached'): void;
}

export interface LimitAlerts {
  /** A send was refused by this limit. */
  refused(limit: SendLimit, quota: ClientQuota, country: string): void;
  /** The sends of a client to a country have passed four fifths of their cap in this hour. The limiter says it once. */
  nearCountryCap(group: SenderGroup): void;
  /** Writes one line for each client whose numbers other clients had since the last report. Call it once a minute. */
  report(): void;
}

const HOUR_MS = 3_600_000;

/** No line has a phone number. */
export function createLimitAlerts(
  log: Pick<Logger, 'warn'>,
  metrics: LimitMetrics,
  now: () => number = Date.now,
): LimitAlerts {
  const acrossClients = new Map<string, number>();
  let hour = 0;
  let reachedThisHour = new Set<string>();
  const reached = ({ clientId }: ClientQuota, country: string): void => {
    const thisHour = Math.floor(now() / HOUR_MS);
    if (thisHour !== hour) {
      hour = thisHour;
      reachedThisHour = new Set();
    }
    const key = `${clientId} ${country}`;
    if (reachedThisHour.has(key)) return;
    reachedThisHour.add(key);
    metrics.countCountryCap('reached');
    log.warn('country cap reached', { client_id: clientId, country });
  };
  return {
    refused: (limit, quota, country) => {
      if (limit === 'country_hour_full') reached(quota, country);
      if (limit !== 'number_slot_taken_by_another') return;
      metrics.countNumberRefusedAcrossClients();
      acrossClients.set(quota.clientId, (acrossClients.get(quota.clientId) ?? 0) + 1);
    },
    nearCountryCap: ({ quota, country, cap }) => {
      metrics.countCountryCap('near');
      log.warn('country cap near', { client_id: quota.clientId, country, cap });
    },
    report: () => {
      for (const [client_id, count] of acrossClients) log.warn('numbers refused across clients', { client_id, count });
      acrossClients.clear();
    },
  };
}
