import type { Outcome } from '@ardor/domain/outcome';

/** Errors of name resolution and of connecting: not a byte of the request has left. */
const NEVER_LEFT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'UND_ERR_CONNECT_TIMEOUT']);

/** What a failed HTTP exchange means: certainly not sent, or unknown. When in doubt, unknown. */
export function transportFailure(error: unknown): Outcome {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  if (typeof code === 'string' && NEVER_LEFT.has(code)) return { kind: 'deferred', cause: 'gateway_unavailable' };
  return { kind: 'uncertain', cause: name === 'TimeoutError' ? 'timeout' : 'connection_lost' };
}
