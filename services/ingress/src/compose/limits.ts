import { createLimiter, type Limiter, type LimiterOptions } from '@ardor/rate-limits/limiter';
import { monotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';
import { runPeriodically } from '@ardor/runtime/concurrency/run-periodically';
import type { Logger } from '@ardor/runtime/observability/logger';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { createCountryDays } from '@ardor/store/clients/country-days';
import type { Database } from '@ardor/store/sql/database';
import type { IngressConfig } from '../config.js';
import { createQuotaOf, type QuotaOf } from '../limits/client-quotas.js';
import { createCountryCaps, type CountryCaps } from '../limits/country-caps.js';
import { createLimitAlerts, type LimitAlerts, type LimitMetrics } from '../limits/limit-alerts.js';
import { createSpentQuotas, type SpentQuotas } from '../limits/spent-quotas.js';
import { COUNTRY_CAPS_REFRESH_MS, COUNTRY_FLUSH_MS, LIMIT_REPORT_MS } from '../timing.js';

export interface ComposeLimitsDeps {
  readonly config: IngressConfig;
  readonly database: Database;
  readonly redis: LimiterOptions['redis'];
  readonly metrics: LimitMetrics;
  readonly cleanup: CleanupStack;
  readonly log: Logger;
  readonly onDatabaseFailure: (error: unknown) => void;
}

/** What bounds numbers, clients and the system. */
export interface Limits {
  readonly limiter: Limiter;
  readonly quotaOf: QuotaOf;
  readonly countryCaps: CountryCaps;
  readonly spentQuotas: SpentQuotas;
  readonly alerts: LimitAlerts;
  /** Resolves when the country caps are known, and keeps them up to date from then on. */
  start(): Promise<void>;
}

export function composeLimits(deps: ComposeLimitsDeps): Limits {
  const { config, database, redis, metrics, cleanup, log, onDatabaseFailure } = deps;
  const countryCaps = createCountryCaps({ countryDays: createCountryDays(database), factor: config.countryCapFactor });
  const alerts = createLimitAlerts(log, metrics);
  const limiter = createLimiter({
    redis,
    prefix: `${config.queuePrefix}:limit:`,
    numberSeconds: config.numberLimitSeconds,
    numberScope: config.numberLimitScope,
    sendsPerSecond: config.sendLimitPerSecond,
    queriesPerSecond: config.queryLimitPerSecond,
    countryCap: countryCaps.capOf,
  });
  cleanup.defer('last sends to countries', () => countryCaps.flush());
  return {
    limiter,
    quotaOf: createQuotaOf(config),
    countryCaps,
    spentQuotas: createSpentQuotas(monotonicClock),
    alerts,
    start: async () => {
      await countryCaps.refresh();
      const report = () => {
        alerts.report();
        return Promise.resolve();
      };
      const tasks = [
        runPeriodically(countryCaps.refresh, COUNTRY_CAPS_REFRESH_MS, onDatabaseFailure, COUNTRY_CAPS_REFRESH_MS),
        runPeriodically(countryCaps.flush, COUNTRY_FLUSH_MS, onDatabaseFailure, COUNTRY_FLUSH_MS),
        runPeriodically(report, LIMIT_REPORT_MS, onDatabaseFailure, LIMIT_REPORT_MS),
      ];
      cleanup.defer('limits', async () => {
        await Promise.all(tasks.map((task) => task.stop()));
      });
    },
  };
}
