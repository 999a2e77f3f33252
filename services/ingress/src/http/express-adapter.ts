import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import type { Logger } from '@ardor/runtime/observability/logger';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express';
import type { HandleRequest } from './handle-request.js';
import { refusalResponse, type ApiResponse } from './response.js';
import { requestId } from './request-id.js';
import type { Route } from './route.js';

export interface AdapterOptions {
  readonly routes: readonly Route[];
  readonly answer: HandleRequest;
  readonly log: Logger;
  /** Called once for each answer; `seconds` from the head read to the answer written. */
  readonly observe: (route: string, reply: ApiResponse, seconds: number) => void;
  /** True once shutdown has begun: connections are not kept. */
  readonly draining: () => boolean;
}

/** The only place that touches Express' request and response. */
export function createExpressApp(options: AdapterOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(start);
  for (const route of options.routes) {
    // Any type is read, so that a body of the wrong type is refused by its guard, in the same order as all else.
    app.post(route.path, express.raw({ type: () => true, limit: route.maxBodyBytes }), adapt(route, options));
  }
  app.use((_request, response) =>
    finish(options, response, 'none', refusalResponse(refuse('route_unknown'), idOf(response))),
  );
  app.use(onError(options));
  return app;
}

const start: RequestHandler = (request, response, next) => {
  response.locals['requestId'] = requestId(request.get('x-request-id'));
  response.locals['startedAt'] = performance.now();
  next();
};

const idOf = (response: Response): string => response.locals['requestId'] as string;

function adapt(route: Route, options: AdapterOptions): RequestHandler {
  return (request, response) => {
    const read = {
      id: idOf(response),
      contentType: request.get('content-type'),
      authorization: request.get('authorization'),
      params: request.params as Record<string, string>,
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    };
    options.answer(route, read, (reply) => finish(options, response, route.path, reply));
  };
}

/** Errors of the body reader and of the path decoder carry an HTTP status; anything else is ours. */
function onError(options: AdapterOptions): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    // Its client has left in the middle of its body: there is nobody to answer, and no answer to count.
    if (request.socket.destroyed) return;
    if (response.headersSent) {
      next(error);
      return;
    }
    const refusal = readerRefusal(error as ReaderError);
    if (refusal.status >= 500) options.log.error('request failed', { request_id: idOf(response), error });
    finish(options, response, 'none', refusalResponse(refusal, idOf(response)));
  };
}

interface ReaderError {
  readonly status?: unknown;
  readonly code?: unknown;
}

/** Of zlib, and of its Brotli. */
const BROKEN_CODING = /^(Z|ERR_)_/;

function readerRefusal({ status, code }: ReaderError): Refusal {
  if (status === 413) return refuse('body_too_large');
  if (status === 415) return refuse('unsupported_media_type', 'Content-Encoding may be gzip, deflate or br.');
  if (status === 400 && BROKEN_CODING.test(String(code)))
    return refuse('invalid_request', 'The body is not what its Content-Encoding says.');
  return typeof status === 'number' && status >= 400 && status < 500
    ? refuse('invalid_request')
    : refuse('internal_error');
}

function finish(options: AdapterOptions, response: Response, route: string, reply: ApiResponse): void {
  response.status(reply.status).set({ 'cache-control': 'no-store', 'x-request-id': idOf(response), ...reply.headers });
  if (options.draining()) response.set('connection', 'close');
  response.json(reply.body);
  options.observe(route, reply, (performance.now() - (response.locals['startedAt'] as number)) / 1000);
}
