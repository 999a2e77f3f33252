import type { MonotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';
import type { Logger } from '@ardor/runtime/observability/logger';
import { retryAfterSeconds } from '@ardor/domain/errors/retry-after';
import { FAILED_LOGINS_MS } from '../timing.js';
import { networkOf } from './network-of.js';

export type LoginPart = 'api' | 'dashboard';

/** For metrics and logs. A caller is not told whether its client exists. */
export type FailedLoginReason =
  'client_unknown' | 'passcode_wrong' | 'client_disabled' | 'demo_credentials' | 'password_wrong' | 'not_compared';

export interface FailedLogin {
  readonly reason: FailedLoginReason;
  readonly address: string | undefined;
  /** Only of a client that exists. What else was given as an id may be a passcode in the wrong field, so it is not kept. */
  readonly clientId?: string | undefined;
  readonly requestId?: string;
}

/** Failed log-ins of the current minute, by address and client. */
export interface FailedLogins {
  /** Counts a failure. The first of an address is logged at once, the others once a minute. */
  record(failed: FailedLogin): void;
  /** Undefined below the limit. From then on: whole seconds until the minute ends. */
  retryAfterSeconds(address: string | undefined): number | undefined;
  /** Logs what the minute had, and begins the next. */
  tell(): void;
}

export interface FailedLoginsOptions {
  readonly part: LoginPart;
  /** Failures of one address in a minute. */
  readonly limit: number;
  readonly log: Pick<Logger, 'warn'>;
  readonly count: (part: LoginPart, reason: FailedLoginReason, clientId: string | undefined) => void;
  readonly now: MonotonicClock;
}

/** Addresses of one minute. Beyond them, failures are only counted. */
const MAX_ADDRESSES = 10_000;
/** Lines of one minute: about first failures, about addresses, and about clients. */
const MAX_LINES = 20;

export function createFailedLogins({ part, limit, log, count, now }: FailedLoginsOptions): FailedLogins {
  const byNetwork = new Map<string, number>();
  const byClient = new Map<string | undefined, number>();
  let [since, total, lines] = [now(), 0, 0];
  return {
    record: ({ reason, address, clientId, requestId }) => {
      count(part, reason, clientId);
      total++;
      byClient.set(clientId, (byClient.get(clientId) ?? 0) + 1);
      const network = networkOf(address);
      const before = byNetwork.get(network) ?? 0;
      if (before > 0 || byNetwork.size < MAX_ADDRESSES) byNetwork.set(network, before + 1);
      if (before > 0 || lines >= MAX_LINES) return;
      lines++;
      log.warn('log-in failed', {
        part,
        reason,
        address: network === 'unknown' ? network : address,
        client_id: clientId,
        request_id: requestId,
      });
    },
    retryAfterSeconds: (address) => {
      if ((byNetwork.get(networkOf(address)) ?? 0) < limit) return undefined;
      return retryAfterSeconds(since + FAILED_LOGINS_MS - now());
    },
    tell: () => {
      byClient.delete(undefined);
      for (const [address, failures] of mostFrequent(byNetwork))
        log.warn('log-ins failed', { part, address, count: failures });
      for (const [clientId, failures] of mostFrequent(byClient))
        log.warn('log-ins failed', { part, client_id: clientId, count: failures });
      if (byNetwork.size > MAX_LINES) log.warn('log-ins failed', { part, count: total });
      byNetwork.clear();
      byClient.clear();
      [since, total, lines] = [now(), 0, 0];
    },
  };
}

/** Those with more than one failure, the most frequent first. A single one had its line. */
const mostFrequent = <K>(counts: ReadonlyMap<K, number>): [K, number][] =>
  [...counts]
    .filter(([, failures]) => failures > 1)
    .sort(([, one], [, other]) => other - one)
    .slice(0, MAX_LINES);
