import type { Duplex } from 'node:stream';
import { refuse, type RefusalReason } from '@ardor/domain/reasons';
import { rawReply } from './raw-reply.js';
import { refusalReply } from './reply.js';
import { requestId } from './request-id.js';

/** Node's words for a request that never became one. */
const REASONS: Readonly<Record<string, RefusalReason>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_too_slow',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
};

/**
 * Answers what cannot be read as HTTP, for a server's `clientError`: Node would close the connection with a status and not a word.
 * Nothing was accepted. A connection that is gone, or on which an answer has begun, is cut off.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  const answering = (socket as Duplex & { _httpMessage?: { headersSent: boolean } })._httpMessage?.headersSent;
  if (!socket.writable || error.code === 'ECONNRESET' || answering) {
    socket.destroy();
    return;
  }
  const id = requestId(undefined);
  socket.end(rawReply(refusalReply(refuse(REASONS[error.code ?? ''] ?? 'invalid_http'), id), id, undefined));
}
