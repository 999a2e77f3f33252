import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { refuse, type Refusal, type RefusalReason } from '@ardor/domain/errors/reasons';
import { UNREAD_RESPONSE_MS } from '../timing.js';
import { requestId } from './request-id.js';
import { refusalResponse, type ApiResponse } from './response.js';
import { serialize } from './write-response.js';

export interface ClientErrorDeps {
  /** Whether a response to this connection's latest request has begun, or that request is being handled. */
  readonly isAnswering: (socket: Socket) => boolean;
  readonly observe: (response: ApiResponse, requestId: string) => void;
  /** A connection was closed without a response: no byte came in time, or what came behind a request cannot be read. */
  readonly onCut: (cause: 'silence' | 'broken') => void;
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
export function createClientErrorHandler({ isAnswering, observe, onCut }: ClientErrorDeps) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    // Nobody asked. A client that is about to ask would take a 408 for its response.
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && socket.bytesRead === 0) {
      socket.destroy();
      onCut('silence');
      return;
    }
    if (!socket.writable || error.code === 'ECONNRESET' || isAnswering(socket)) {
      if (socket.writable && error.code !== 'ECONNRESET') onCut('broken');
      socket.destroy();
      return;
    }
    refuseSocket(socket, refuse(REASONS[error.code ?? ''] ?? 'invalid_http'), observe);
  };
}

/** Refuses on the bare socket, where there is no response object to write to, and ends the connection. */
export function refuseSocket(socket: Socket, refusal: Refusal, observe: ClientErrorDeps['observe']): void {
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
