import type { MonotonicClock } from '../concurrency/monotonic-clock.js';
import type { Logger } from './logger.js';
import type { BaseMetrics } from './metrics.js';

export interface DependencyLogOptions {
  readonly log: Pick<Logger, 'debug' | 'info' | 'warn'>;
  readonly metrics: Pick<BaseMetrics, 'countFailure'>;
  readonly now: MonotonicClock;
}

/** Logs each outage twice: when it begins, with its cause, and when it ends, with its length and failures. */
export interface DependencyLog {
  /**
   * A call to a dependency failed. Every failure is counted in `ardor_dependency_failures_total`; only the first of an
   * outage is logged above `debug`. `part` is a fixed word of the code, `host` comes from `hostOf`.
   */
  failed(part: string, error: unknown, host?: string): void;
  /** A call succeeded: an outage of the same part and host ends. Costs one comparison while nothing is failing. */
  succeeded(part: string, host?: string): void;
}

interface Outage {
  readonly part: string;
  readonly host: string | undefined;
  failures: number;
  since: number;
  /** Whether the log has a line about this outage. */
  logged: boolean;
  /** When a line about this dependency was last written, also about an earlier outage. */
  loggedAt: number;
}

/** A dependency that fails and recovers by turns is logged once in this time, in milliseconds. */
const LOG_AGAIN_MS = 10_000;

export function createDependencyLog({ log, metrics, now }: DependencyLogOptions): DependencyLog {
  /** One for each dependency that ever failed: a handful. */
  const outages = new Map<string, Outage>();
  let failing = 0;
  const outageOf = (part: string, host: string | undefined): Outage => {
    const key = host === undefined ? part : `${part} ${host}`;
    let outage = outages.get(key);
    if (!outage) {
      outage = { part, host, failures: 0, since: 0, logged: false, loggedAt: -Infinity };
      outages.set(key, outage);
    }
    return outage;
  };
  const fieldsOf = ({ part, host, failures }: Outage) => ({
    part,
    count: failures,
    ...(host === undefined ? {} : { host }),
  });
  return {
    failed: (part, error, host) => {
      metrics.countFailure(part);
      const outage = outageOf(part, host);
      const at = now();
      if (outage.failures++ === 0) {
        outage.since = at;
        failing++;
      }
      if (outage.logged || at - outage.loggedAt < LOG_AGAIN_MS) {
        log.debug('dependency failed again', { ...fieldsOf(outage), error });
        return;
      }
      outage.logged = true;
      outage.loggedAt = at;
      log.warn('dependency failed', { ...fieldsOf(outage), error });
    },
    succeeded: (part, host) => {
      if (failing === 0) return;
      const outage = outageOf(part, host);
      if (outage.failures === 0) return;
      if (outage.logged)
        log.info('dependency is back', { ...fieldsOf(outage), duration_ms: Math.round(now() - outage.since) });
      failing--;
      outage.failures = 0;
      outage.logged = false;
    },
  };
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  'http:': '80',
  'https:': '443',
  'postgres:': '5432',
  'postgresql:': '5432',
  'redis:': '6379',
  'rediss:': '6379',
};

/** `host:port` of a URL, for the log: without credentials, path and query. */
export function hostOf(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  return `${hostname}:${port || (DEFAULT_PORTS[protocol] ?? '')}`;
}
