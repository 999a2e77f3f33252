import type { Outcome } from '@ardor/domain/message/outcome';

/** Errors of name resolution and of connecting: not a byte of the request has left. */
const NEVER_LEFT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * What a failed HTTP exchange means: certainly not sent, or unknown. When in doubt, unknown. `begun` is false where
 * the caller knows that the request was never written: it waited for a connection until its time was over.
 */
export function transportFailure(error: unknown, begun = true): Outcome {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  if (!begun || (typeof code === 'string' && NEVER_LEFT.has(code)))
    return { kind: 'deferred', cause: 'gateway_unavailable' };
  return { kind: 'uncertain', cause: name === 'TimeoutError' ? 'timeout' : 'connection_lost' };
}
