import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import type { Logger } from '@ardor/runtime/observability/logger';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import type { HandleRequest } from './handle-request.js';
import { ClientLeftError, readBody } from './read-body.js';
import { requestId } from './request-id.js';
import type { RequestLogFields } from './request.js';
import { refusalResponse, type ApiResponse } from './response.js';
import type { Route } from './route.js';
import { writeResponse } from './write-response.js';

/** One answered request, for its metrics and its log line. */
export interface Exchange {
  readonly id: string;
  /** The route's path as the table has it; `none` where there is no such route. */
  readonly route: string;
  readonly response: ApiResponse;
  /** From the head read to the response written. */
  readonly seconds: number;
  readonly logged: RequestLogFields;
}

export interface ExpressAppOptions {
  readonly routes: readonly Route[];
  readonly handleRequest: HandleRequest;
  readonly log: Logger;
  /** Called once for each response. */
  readonly observe: (exchange: Exchange) => void;
  /** True once shutdown has begun: connections are not kept. */
  readonly draining: () => boolean;
}

/** The API's only door, and the only place that touches Express' request and response (docs/adr/0018). */
export function createExpressApp(options: ExpressAppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  for (const route of options.routes) {
    app.post(route.path, (request, response) => serve(route, request, response, options));
    app.all(route.path, (request, response) =>
      refuseWith(refuse('method_not_allowed', { allow: 'POST' }), request, response, options),
    );
  }
  app.use((request, response) => refuseWith(refuse('route_unknown'), request, response, options));
  app.use(onError(options));
  return app;
}

async function serve(route: Route, request: Request, response: Response, options: ExpressAppOptions): Promise<void> {
  const startedAt = performance.now();
  const id = requestId(request.headers['x-request-id']);
  const logged: RequestLogFields = {};
  const { headers, params } = request;
  const body = await readBody(request, route.maxBodyBytes);
  const answer = body.ok
    ? await options.handleRequest(route, {
        id,
        contentType: headers['content-type'],
        authorization: headers.authorization,
        params: params as Record<string, string>,
        body: body.value,
        logged,
      })
    : refusalResponse(body.refusal, id);
  writeResponse(response, answer, { requestId: id, close: options.draining() });
  const seconds = (performance.now() - startedAt) / 1000;
  options.observe({ id, route: route.path, response: answer, seconds, logged });
}

function refuseWith(refusal: Refusal, request: Request, response: Response, options: ExpressAppOptions): void {
  const id = requestId(request.headers['x-request-id']);
  const answer = refusalResponse(refusal, id);
  writeResponse(response, answer, { requestId: id, close: options.draining() });
  options.observe({ id, route: 'none', response: answer, seconds: 0, logged: {} });
}

/** Express rejects a path that it cannot decode with an error of status 400. Any other error is a bug. */
function onError(options: ExpressAppOptions): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (error instanceof ClientLeftError) return;
    if (response.headersSent) {
      next(error);
      return;
    }
    const undecodable = (error as { readonly status?: unknown }).status === 400;
    if (!undecodable) options.log.error('request failed', { error });
    refuseWith(refuse(undecodable ? 'invalid_request' : 'internal_error'), request, response, options);
  };
}
