import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { handleRequest, type HandleRequestDeps } from './handle-request.js';
import { ClientLeftError } from './read-body.js';
import { requestId } from './request-id.js';
import { refusalResponse } from './response.js';
import type { Route } from './route.js';
import { writeResponse } from './write-response.js';

export interface ExpressAppOptions extends HandleRequestDeps {
  readonly routes: readonly Route[];
  /** Addresses and networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
}

/** Serves every route of the API, and refuses every other path and method (docs/adr/0018). */
export function createExpressApp(options: ExpressAppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.set('trust proxy', options.trustedProxies);
  // One resource has one path, so that a rule of a proxy in front cannot be gone round.
  app.enable('case sensitive routing');
  app.enable('strict routing');
  for (const route of options.routes) {
    app.post(route.path, handleRequest(route, options));
    app.all(route.path, refuseAll(refuse('method_not_allowed', { allow: 'POST' }), options));
  }
  app.use(refuseAll(refuse('route_unknown'), options));
  app.use(refuseError(options));
  return app;
}

function refuseAll(refusal: Refusal, { observe, draining }: ExpressAppOptions) {
  return (request: Request, response: Response): void => {
    const id = requestId(request.headers['x-request-id']);
    const refused = refusalResponse(refusal, id);
    writeResponse(response, refused, { requestId: id, close: draining() });
    observe({ id, route: 'none', response: refused, seconds: 0, logged: {} });
  };
}

/** Express fails with status 400 for a path that it cannot decode. Any other error is a bug. */
function refuseError(options: ExpressAppOptions): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (error instanceof ClientLeftError) return;
    if (response.headersSent) {
      next(error);
      return;
    }
    const isUndecodable = (error as { readonly status?: unknown }).status === 400;
    if (!isUndecodable) options.log.error('request failed', { error });
    refuseAll(refuse(isUndecodable ? 'invalid_request' : 'internal_error'), options)(request, response);
  };
}
