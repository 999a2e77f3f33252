import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AdapterOptions } from './express-adapter.js';
import { findRoute, type FoundRoute } from './find-route.js';
import type { Reply } from './reply.js';
import { requestId } from './request-id.js';

/**
 * Serves the route table straight on node:http, for a third of what Express takes of a request (docs/adr/0014). It takes
 * the plain case only, a POST to a path as it stands in the table with a body of a told and allowed length; everything
 * else goes to `otherwise`, which is Express with the same routes.
 */
export function createNodeAdapter(options: Omit<AdapterOptions, 'log'>, otherwise: RequestListener): RequestListener {
  const find = findRoute(options.routes);
  return (request, response) => {
    const found = request.method === 'POST' ? find(request.url ?? '') : undefined;
    const length = found && bodyLength(request, found.route.maxBodyBytes);
    if (!found || length === undefined) {
      otherwise(request, response);
      return;
    }
    const startedAt = performance.now();
    readBody(request, (body) => serve(options, found, request, response, body, startedAt));
  };
}

/** Undefined where the length is not told, is too much, or is not that of the content itself. */
function bodyLength({ headers }: IncomingMessage, most: number): number | undefined {
  if (headers['content-encoding'] !== undefined) return undefined;
  const length = Number(headers['content-length'] ?? NaN);
  return length <= most ? length : undefined;
}

/** `onRead` is not called when the client leaves before its end. Node itself holds the body to its content-length. */
function readBody(request: IncomingMessage, onRead: (body: Buffer) => void): void {
  let first: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  request.on('data', (chunk: Buffer) => {
    if (!first) first = chunk;
    else (chunks ??= [first]).push(chunk);
  });
  request.on('end', () => onRead(chunks ? Buffer.concat(chunks) : (first ?? Buffer.alloc(0))));
}

function serve(
  { answer, observe, draining }: Omit<AdapterOptions, 'log'>,
  { route, params }: FoundRoute,
  { headers }: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  startedAt: number,
): void {
  const id = requestId(headers['x-request-id']);
  const read = { id, contentType: headers['content-type'], authorization: headers.authorization, params, body };
  answer(route, read, (reply) => {
    write(response, reply, id, draining());
    observe(route.path, reply, (performance.now() - startedAt) / 1000);
  });
}

/** The same head as Express writes. As a flat list, which node:http writes without looking at each name again. */
function write(response: ServerResponse, reply: Reply, id: string, close: boolean): void {
  const body = JSON.stringify(reply.body);
  const head = [
    ...['cache-control', 'no-store', 'x-request-id', id],
    ...['content-type', 'application/json; charset=utf-8', 'content-length', String(Buffer.byteLength(body))],
  ];
  for (const [name, value] of Object.entries(reply.headers ?? {})) head.push(name, value);
  if (close) head.push('connection', 'close');
  response.writeHead(reply.status, head);
  response.end(body);
}
