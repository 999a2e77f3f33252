import { randomUUID } from 'node:crypto';
import { refuse, type Refusal } from '@ardor/domain/reasons';
import { WaitedTooLongError } from '@ardor/runtime/batcher';
import type { Logger } from '@ardor/runtime/logger';
import { isDatabaseUnavailable } from '@ardor/store/unavailable';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import type { OverloadGuard } from './overload.js';
import type { Patience } from './patience.js';
import { refusalReply, type Reply } from './reply.js';
import type { ApiRequest } from './request.js';

export interface Route {
  readonly method: 'post';
  /** In Express' writing. */
  readonly path: string;
  readonly handle: (request: ApiRequest) => Promise<Reply>;
}

export interface AdapterOptions {
  readonly routes: readonly Route[];
  readonly maxBodyBytes: number;
  readonly log: Logger;
  /** Called once for each answer; `seconds` from the first byte read to the answer written. */
  readonly observe: (route: string, reply: Reply, seconds: number) => void;
  readonly overload: Pick<OverloadGuard, 'enter' | 'leave'>;
  readonly patience: Patience;
  /** True once shutdown has begun: connections are not kept. */
  readonly draining: () => boolean;
}

/** What a 503 says in Retry-After. */
const RETRY_SECONDS = 1;
const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;

/** The only place that touches Express' request and response. */
export function createExpressApp(options: AdapterOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(start);
  // Any type is read, so that a body of the wrong type is refused by its guard, in the same order as all else.
  app.use(express.raw({ type: () => true, limit: options.maxBodyBytes }));
  for (const route of options.routes) app[route.method](route.path, adapt(route, options));
  app.use((_request, response) =>
    finish(options, response, 'none', refusalReply(refuse('route_unknown'), requestId(response))),
  );
  app.use(onError(options));
  return app;
}

const start: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id');
  response.locals['requestId'] = given && REQUEST_ID.test(given) ? given : randomUUID();
  response.locals['startedAt'] = performance.now();
  next();
};

const requestId = (response: Response): string => response.locals['requestId'] as string;

function adapt(route: Route, options: AdapterOptions): RequestHandler {
  return async (request, response) => {
    const reply = await answer(route, toApiRequest(request, response), options);
    finish(options, response, route.path, reply);
  };
}

const toApiRequest = (request: Request, response: Response): ApiRequest => ({
  id: requestId(response),
  contentType: request.get('content-type'),
  authorization: request.get('authorization'),
  params: request.params as Record<string, string>,
  body: Buffer.isBuffer(request.body) ? request.body : new Uint8Array(),
});

/** The reply in time, whatever the handler does; what it still does afterwards counts as under way. */
async function answer(route: Route, request: ApiRequest, options: AdapterOptions): Promise<Reply> {
  const { overload, patience } = options;
  if (!overload.enter()) return refusalReply(refuse('overloaded', undefined, RETRY_SECONDS), request.id);
  const handled = route
    .handle(request)
    .catch((error: unknown) => refusalReply(errorRefusal(error, route, request, options.log), request.id))
    .finally(overload.leave);
  const waiting = patience.wait();
  const late = waiting.over.then(() => refusalReply(refuse('no_answer_in_time', undefined, RETRY_SECONDS), request.id));
  const reply = await Promise.race([handled, late]).finally(waiting.end);
  if (reply.status === 200) patience.progress();
  return reply;
}

/** An error that a handler throws is overload, broken infrastructure or a bug: the caller learns which, the log the rest. */
function errorRefusal(error: unknown, { path }: Route, { id }: ApiRequest, log: Logger): Refusal {
  if (error instanceof WaitedTooLongError) return refuse('overloaded', undefined, RETRY_SECONDS);
  log.error('request failed', { request_id: id, route: path, error });
  return isDatabaseUnavailable(error)
    ? refuse('database_unavailable', undefined, RETRY_SECONDS)
    : refuse('internal_error');
}

/** Errors of the body reader and of the path decoder carry an HTTP status; anything else is ours. */
function onError(options: AdapterOptions): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const refusal = readerRefusal((error as { status?: unknown }).status);
    if (refusal.status >= 500) options.log.error('request failed', { request_id: requestId(response), error });
    finish(options, response, 'none', refusalReply(refusal, requestId(response)));
  };
}

function readerRefusal(status: unknown): Refusal {
  if (status === 413) return refuse('body_too_large');
  if (status === 415) return refuse('unsupported_media_type');
  return typeof status === 'number' && status >= 400 && status < 500
    ? refuse('invalid_request')
    : refuse('internal_error');
}

function finish(options: AdapterOptions, response: Response, route: string, reply: Reply): void {
  response
    .status(reply.status)
    .set({ 'cache-control': 'no-store', 'x-request-id': requestId(response), ...reply.headers });
  if (options.draining()) response.set('connection', 'close');
  response.json(reply.body);
  options.observe(route, reply, (performance.now() - (response.locals['startedAt'] as number)) / 1000);
}
