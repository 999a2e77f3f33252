import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { refuse, type Refusal, type RefusalReason } from '@ardor/domain/errors/reasons';
import { UNREAD_RESPONSE_MS } from '../timing.js';
import { requestId } from './request-id.js';
import { refusalResponse, type ApiResponse } from './response.js';
import { serialize } from './write-response.js';

export interface ClientErrorDeps {
  /** Whether a response to this connection's latest request has begun, or that request is being handled. */
  readonly isAnswering: (socket: Duplex) => boolean;
  readonly observe: (response: ApiResponse, requestId: string) => void;
}

/** Node's codes for what never became a request. */
const REASONS: Readonly<Record<string, RefusalReason>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_too_slow',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
};

/**
 * Handles a server's `clientError`: refuses what cannot be read as HTTP. Node alone would send a status and no body. A connection that
 * is gone, or whose earlier request is still handled, is cut off: it must not be told that nothing was accepted.
 */
export function createClientErrorHandler({ isAnswering, observe }: ClientErrorDeps) {
  return (error: NodeJS.ErrnoException, socket: Duplex): void => {
    if (!socket.writable || error.code === 'ECONNRESET' || isAnswering(socket)) {
      socket.destroy();
      return;
    }
    refuseSocket(socket, refuse(REASONS[error.code ?? ''] ?? 'invalid_http'), observe);
  };
}

/** Refuses on the bare socket, where there is no response object to write to, and ends the connection. */
export function refuseSocket(socket: Duplex, refusal: Refusal, observe: ClientErrorDeps['observe']): void {
  const id = requestId(undefined);
  const response = refusalResponse(refusal, id);
  const [text, head] = serialize(response, { requestId: id, close: true });
  let raw = `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ''}\r\ndate: ${new Date().toUTCString()}\r\n`;
  for (let at = 0; at < head.length; at += 2) raw += `${head[at] ?? ''}: ${head[at + 1] ?? ''}\r\n`;
  const cutOff = setTimeout(() => socket.destroy(), UNREAD_RESPONSE_MS).unref();
  socket.once('close', () => clearTimeout(cutOff));
  socket.end(`${raw}\r\n${text}`, () => socket.destroy());
  observe(response, id);
}
