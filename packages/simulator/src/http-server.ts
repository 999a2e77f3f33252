import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { json, type CallResponse } from './call-response.js';
import type { Call } from './routes.js';

/** Room for 100 messages with a long text each. */
const MAX_BODY_BYTES = 1024 * 1024;
const NO_QUERY = new URLSearchParams();

/** Reads calls and writes responses. A call without a response loses its connection after `noResponseMs`. */
export function createHttpServer(handle: (call: Call) => Promise<CallResponse>, noResponseMs: number): Server {
  const server = createServer((request, response) => {
    handleRequest(request, handle).then(
      (result) => send(result, response, noResponseMs),
      (error: unknown) => {
        // An incomplete request means that the caller left. No one can receive a response then.
        if (!request.complete) {
          response.destroy();
          return;
        }
        reportBug(error);
        send(json(500, { error: 'internal' }), response, noResponseMs);
      },
    );
  });
  // Clients close their unused connections sooner. So the server never closes one that a client is about to use.
  server.keepAliveTimeout = 65_000;
  server.headersTimeout = 70_000;
  return server;
}

async function handleRequest(
  request: IncomingMessage,
  handle: (call: Call) => Promise<CallResponse>,
): Promise<CallResponse> {
  const body = request.method === 'POST' ? await readBody(request) : '';
  if (body === undefined) return json(413, { error: 'too_large', message: `at most ${MAX_BODY_BYTES} bytes` });
  const { method = '', url = '', headers } = request;
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  const query = mark === -1 ? NO_QUERY : new URLSearchParams(url.slice(mark));
  return handle({ method, path, query, host: headers.host ?? '', body });
}

/** Undefined when the body is too large. The rest is read and dropped, so that the caller can read the response. */
function readBody(request: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on('end', () => resolve(bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks).toString() : undefined));
    request.on('error', reject);
  });
}

function send(result: CallResponse, response: ServerResponse, noResponseMs: number): void {
  if (result.kind === 'no-response') {
    const end = setTimeout(() => response.destroy(), noResponseMs);
    response.on('close', () => clearTimeout(end));
  } else if (result.afterMs > 0) {
    setTimeout(write, result.afterMs, result, response);
  } else {
    write(result, response);
  }
}

function write({ status, headers, body }: Extract<CallResponse, { kind: 'response' }>, response: ServerResponse): void {
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

/** Prints the stack frames only. The error's message may quote what was sent. */
function reportBug(error: unknown): void {
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  console.error(['a call failed by a bug of the simulator', ...frames].join('\n'));
}
