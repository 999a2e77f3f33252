import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { refuse, type RefusalReason } from '@ardor/domain/errors/reasons';
import { rawReply } from './raw-reply.js';
import { refusalResponse } from './response.js';
import { requestId } from './request-id.js';

/** Node's words for a request that never became one. */
const REASONS: Readonly<Record<string, RefusalReason>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_too_slow',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
};

/** A client that does not take its answer for so long is cut off. */
const UNREAD_MS = 5_000;

/**
 * Answers what cannot be read as HTTP, for a server's `clientError`: Node would close the connection with a status and not a word.
 * Nothing was accepted. A connection that is gone, or on which a request is being answered, is cut off.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  const response = (socket as Socket & { _httpMessage?: ServerResponse })._httpMessage;
  // A request that has been read as a whole goes on: it must not be told that nothing was accepted.
  const answering = response && (response.headersSent || response.req.complete);
  if (!socket.writable || error.code === 'ECONNRESET' || answering) {
    socket.destroy();
    return;
  }
  const id = requestId(undefined);
  const text = rawReply(refusalResponse(refuse(REASONS[error.code ?? ''] ?? 'invalid_http'), id), id, undefined);
  socket.setTimeout(UNREAD_MS, () => socket.destroy()).end(text, () => socket.destroy());
}
