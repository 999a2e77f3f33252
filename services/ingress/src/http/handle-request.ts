import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import { WaitedTooLongError } from '@ardor/runtime/concurrency/batcher';
import type { Logger } from '@ardor/runtime/observability/logger';
import { StoreError } from '@ardor/store/sql/store-error';
import type { Request, Response } from 'express';
import type { LoadShedder } from './load-shedding.js';
import { readBody } from './read-body.js';
import { requestId } from './request-id.js';
import type { ApiRequest, RequestLogFields } from './request.js';
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

export interface RunHandlerDeps {
  readonly log: Pick<Logger, 'error'>;
  readonly loadShedder: Pick<LoadShedder, 'tryAdmit'>;
  /** A handler failed because the database is unavailable. */
  readonly onDatabaseFailure: (error: StoreError) => void;
}

export interface HandleRequestDeps extends RunHandlerDeps {
  /** Called once for each response. */
  readonly observe: (exchange: Exchange) => void;
  /** True once shutdown has begun: connections are not kept. */
  readonly draining: () => boolean;
}

/** An Express handler for one route: reads the body, runs the route's handler, writes the response. */
export function handleRequest(
  route: Route,
  deps: HandleRequestDeps,
): (request: Request, response: Response) => Promise<void> {
  return async (request, response) => {
    const startedAt = performance.now();
    const id = requestId(request.headers['x-request-id']);
    const logged: RequestLogFields = {};
    const body = await readBody(request, route.maxBodyBytes);
    const apiResponse = body.ok
      ? await runHandler(route, toApiRequest(request, id, body.value, logged), deps)
      : refusalResponse(body.refusal, id);
    writeResponse(response, apiResponse, { requestId: id, close: deps.draining() });
    const seconds = (performance.now() - startedAt) / 1000;
    deps.observe({ id, route: route.path, response: apiResponse, seconds, logged });
  };
}

const toApiRequest = (request: Request, id: string, body: Buffer, logged: RequestLogFields): ApiRequest => ({
  id,
  peer: request,
  contentType: request.headers['content-type'],
  authorization: request.headers.authorization,
  params: request.params as Record<string, string>,
  body,
  logged,
});

/** Retry-After of a 503. */
const RETRY_AFTER = { retryAfterSeconds: 1 };

/** Admits the request, runs the route's handler, and stops waiting at the route's deadline. Resolves once; never rejects. */
export function runHandler(route: Route, request: ApiRequest, deps: RunHandlerDeps): Promise<ApiResponse> {
  const release = deps.loadShedder.tryAdmit(request.body.byteLength);
  if (!release) return Promise.resolve(refusalResponse(refuse('overloaded', RETRY_AFTER), request.id));
  return new Promise((resolve) => {
    const stopWaiting = route.deadline.start(() =>
      resolve(refusalResponse(refuse('no_answer_in_time', RETRY_AFTER), request.id)),
    );
    const finish = (response: ApiResponse): void => {
      // A handler that goes on after a late response still counts as in flight until here.
      release();
      // Late responses count as progress too; otherwise a slow system would look hung and refuse everything.
      if (response.status === 200) route.deadline.progress();
      stopWaiting();
      resolve(response);
    };
    route.handle(request).then(finish, (error: unknown) => {
      finish(refusalResponse(refusalForError(error, route, request, deps), request.id));
    });
  });
}

/** A handler throws for overload, broken infrastructure or a bug. The caller learns which; the log has the rest. */
function refusalForError(
  error: unknown,
  { path }: Route,
  { id }: ApiRequest,
  { log, onDatabaseFailure }: RunHandlerDeps,
): Refusal {
  if (error instanceof WaitedTooLongError) return refuse('overloaded', RETRY_AFTER);
  if (error instanceof StoreError && error.kind === 'unavailable') {
    onDatabaseFailure(error);
    return refuse('database_unavailable', RETRY_AFTER);
  }
  log.error('request failed', { request_id: id, route: path, error });
  return refuse('internal_error');
}
