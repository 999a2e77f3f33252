import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleWhenResult } from 'cockatiel';
import type { Outcome } from '@ardor/domain/message/outcome';
import type { Gateway } from './gateway.js';

export interface BreakerOptions {
  /** The breaker opens after this many calls in a row to a carrier that was unavailable, so that it certainly took nothing. */
  readonly failures: number;
  /** How long it stays open before it lets one call try, in milliseconds. */
  readonly openMs: number;
}

/**
 * Stops calling a carrier that is unavailable: while the breaker is open, every message is deferred at once. A call counts
 * when each of its messages was deferred as `gateway_unavailable`: no connection, or a 503. A throttled call does not
 * count, and an uncertain outcome says nothing about the next message.
 */
export function withBreaker(gateway: Gateway, { failures, openMs }: BreakerOptions): Gateway {
  const policy = circuitBreaker(
    handleWhenResult((outcomes) => (outcomes as Outcome[]).every(isUnavailable)),
    { halfOpenAfter: openMs, breaker: new ConsecutiveBreaker(failures) },
  );
  return {
    ...gateway,
    send: async (messages, canStillSend) => {
      try {
        return await policy.execute(() => gateway.send(messages, canStillSend));
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error;
        return messages.map(() => ({ kind: 'deferred', cause: 'gateway_unavailable', retryAfterMs: openMs }));
      }
    },
  };
}

const isUnavailable = (outcome: Outcome): boolean =>
  outcome.kind === 'deferred' && outcome.cause === 'gateway_unavailable';
