import { runPeriodically } from '@ardor/runtime/concurrency/run-periodically';
import type { Logger } from '@ardor/runtime/observability/logger';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import type { IngressConfig } from '../config.js';
import { createFailedLogins, type FailedLogins, type LoginPart } from '../http/failed-logins.js';
import type { IngressMetrics } from '../ops/metrics.js';
import { FAILED_LOGINS_MS } from '../timing.js';

export interface FailedLoginsDeps {
  readonly config: Pick<IngressConfig, 'failedLoginsPerMinute'>;
  readonly metrics: Pick<IngressMetrics, 'countFailedLogin'>;
  readonly log: Logger;
  readonly cleanup: CleanupStack;
}

/** Each part counts for itself: failures at the API must not close the dashboard. They are told once a minute, and at the end. */
export function createComposeFailedLogins({ config, metrics, log, cleanup }: FailedLoginsDeps) {
  return (part: LoginPart): FailedLogins => {
    const failedLogins = createFailedLogins({
      part,
      limit: config.failedLoginsPerMinute,
      log,
      count: metrics.countFailedLogin,
      now: () => performance.now(),
    });
    const tell = (): Promise<void> => {
      failedLogins.tell();
      return Promise.resolve();
    };
    const failed = (error: unknown): void => log.error('failed log-ins not told', { error });
    const telling = runPeriodically(tell, FAILED_LOGINS_MS, failed, FAILED_LOGINS_MS);
    cleanup.defer(`failed log-ins (${part})`, () => telling.stop().then(tell));
    return failedLogins;
  };
}
