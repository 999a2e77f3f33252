import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleWhenResult } from 'cockatiel';
import type { Outcome } from '@ardor/domain/message/outcome';
import type { Gateway } from './gateway.js';

export interface BreakerOptions {
  /** The breaker opens after this many calls in a row that did not reach the carrier. */
  readonly failures: number;
  /** How long it stays open before it lets one call try, in milliseconds. */
  readonly openMs: number;
}

/**
 * Stops calling a carrier that cannot be reached: while the breaker is open, every message is deferred at once. Only
 * calls whose messages were certainly not received count. An unknown outcome says nothing about the next message.
 */
export function withBreaker(gateway: Gateway, { failures, openMs }: BreakerOptions): Gateway {
  const policy = circuitBreaker(
    handleWhenResult((outcomes) => (outcomes as Outcome[]).every(isUnreachable)),
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

const isUnreachable = (outcome: Outcome): boolean =>
  outcome.kind === 'deferred' && outcome.cause === 'gateway_unavailable';
