import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { json, type Answer } from './answer.js';
import type { Call } from './routes.js';

/** 100 messages with a long text each. */
const MAX_BODY_BYTES = 1024 * 1024;
const NO_QUERY = new URLSearchParams();

/** Reads calls and writes answers. An unanswered call loses its connection after `silenceMs`. */
export function createHttpServer(answerTo: (call: Call) => Promise<Answer>, silenceMs: number): Server {
  const server = createServer((request, response) => {
    answerRequest(request, answerTo).then(
      (answer) => perform(answer, response, silenceMs),
      (error: unknown) => {
        if (request.complete) reportBug(error);
        // Nobody is left to answer when the caller went away in the middle of its own call.
        if (request.complete) perform(json(500, { error: 'internal' }), response, silenceMs);
        else response.destroy();
      },
    );
  });
  // Longer than any client keeps a connection it does not use, so that none is closed under a new call.
  server.keepAliveTimeout = 65_000;
  server.headersTimeout = 70_000;
  return server;
}

async function answerRequest(request: IncomingMessage, answerTo: (call: Call) => Promise<Answer>): Promise<Answer> {
  const body = request.method === 'POST' ? await readBody(request) : '';
  if (body === undefined) return json(413, { error: 'too_large', message: `at most ${MAX_BODY_BYTES} bytes` });
  const { method = '', url = '', headers } = request;
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  const query = mark === -1 ? NO_QUERY : new URLSearchParams(url.slice(mark));
  return answerTo({ method, path, query, host: headers.host ?? '', body });
}

/** Undefined when it is too large: its rest is read and dropped, so that the caller gets to read the answer. */
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

function perform(answer: Answer, response: ServerResponse, silenceMs: number): void {
  if (answer.kind === 'silence') {
    const end = setTimeout(() => response.destroy(), silenceMs);
    response.on('close', () => clearTimeout(end));
  } else if (answer.afterMs > 0) {
    setTimeout(write, answer.afterMs, answer, response);
  } else {
    write(answer, response);
  }
}

function write({ status, headers, body }: Extract<Answer, { kind: 'answer' }>, response: ServerResponse): void {
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

/** Where it happened and never the message of the error, which may quote what was sent. */
function reportBug(error: unknown): void {
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  console.error(['a call failed by a bug of the simulator', ...frames].join('\n'));
}
