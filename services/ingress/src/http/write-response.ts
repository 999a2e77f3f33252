import type { ServerResponse } from 'node:http';
import type { ApiResponse } from './response.js';

export interface WriteOptions {
  readonly requestId: string;
  /** Ends the connection after this response. */
  readonly close: boolean;
}

/** The response's text, and its head as one flat list of names and values, which node:http writes fastest. */
export function serialize({ headers, body }: ApiResponse, { requestId, close }: WriteOptions): [string, string[]] {
  const text = JSON.stringify(body);
  const head = [
    'content-type',
    'application/json; charset=utf-8',
    'content-length',
    String(Buffer.byteLength(text)),
    'cache-control',
    'no-store',
    'x-request-id',
    requestId,
  ];
  for (const name in headers) head.push(name, headers[name] ?? '');
  if (close) head.push('connection', 'close');
  return [text, head];
}

/** Writes the whole response at once. Does nothing where the client has left. */
export function writeResponse(to: ServerResponse, response: ApiResponse, options: WriteOptions): void {
  const [text, head] = serialize(response, options);
  to.writeHead(response.status, head).end(text);
}
