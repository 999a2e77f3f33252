import type { Outcome } from '@ardor/domain/message/outcome';

/** Errors of name resolution and of connecting: no byte of the request has left. */
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
 * What a failed HTTP exchange means for its messages: certainly not sent, or uncertain. In doubt it is uncertain. `begun` is
 * false where the caller knows that the request was never written, because it waited for a connection until its timeout.
 */
export function outcomeOfTransportFailure(error: unknown, begun = true): Outcome {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  if (!begun || (typeof code === 'string' && NEVER_LEFT.has(code)))
    return { kind: 'deferred', cause: 'gateway_unavailable' };
  return { kind: 'uncertain', cause: name === 'TimeoutError' ? 'timeout' : 'connection_lost' };
}

/** The carrier answered with a status that says that it does not work for us: 401, 500, 503 … */
export class CarrierStatusError extends Error {
  override readonly name = 'CarrierStatusError';
  /** Read by the logger: the message holds nothing secret. */
  readonly loggable = true;
  constructor(status: number) {
    super(`the carrier answered with HTTP status ${status}`);
  }
}
