import { refuse } from '@ardor/domain/errors/reasons';
import { ok } from '@ardor/domain/errors/result';
import type { Request, Response } from 'express';
import type { LoadShedder } from './load-shedding.js';
import { readBody } from './read-body.js';
import { refusalForError, RETRY_AFTER, type RefuseErrorDeps } from './refusal-for-error.js';
import { requestId } from './request-id.js';
import type { ApiRequest, RequestLogFields } from './request.js';
import { refusalResponse, type ApiResponse } from './response.js';
import type { Route } from './route.js';
import { anonymousHandling, identifiedHandling, type BodyHandling, type BodyHandlingDeps } from './body-handling.js';
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

export interface RunHandlerDeps extends RefuseErrorDeps {
  readonly loadShedder: Pick<LoadShedder, 'tryAdmit'>;
}

export interface HandleRequestDeps extends RunHandlerDeps, BodyHandlingDeps {
  /** Called once for each response. */
  readonly observe: (exchange: Exchange) => void;
  /** True once shutdown has begun: connections are not kept. */
  readonly draining: () => boolean;
}

/** An Express handler for one route: finds out who sends where the head says it, reads the body, runs the handler, writes the response. */
export function handleRequest(
  route: Route,
  deps: HandleRequestDeps,
): (request: Request, response: Response) => Promise<void> {
  const anonymous = ok(anonymousHandling(route, deps));
  const { identify } = route;
  return async (request, response) => {
    const startedAt = performance.now();
    const id = requestId(request.headers['x-request-id']);
    const logged: RequestLogFields = {};
    const { authorization } = request.headers;
    const handling =
      authorization === undefined || !identify
        ? anonymous
        : await identifiedHandling(route, identify(authorization, { id, peer: request }, logged), id, deps);
    let apiResponse: ApiResponse;
    if (handling.ok) {
      const body = await readBody(request, handling.value);
      apiResponse = body.ok
        ? await runHandler(route, handling.value, toApiRequest(request, id, body.value, logged), deps)
        : refusalResponse(body.refusal, id);
    } else apiResponse = refusalResponse(handling.refusal, id);
    writeResponse(response, apiResponse, { requestId: id, close: deps.draining() });
    const seconds = (performance.now() - startedAt) / 1000;
    deps.observe({ id, route: route.path, response: apiResponse, seconds, logged });
  };
}

const toApiRequest = (request: Request, id: string, body: Buffer, logged: RequestLogFields): ApiRequest => ({
  id,
  peer: request,
  contentType: request.headers['content-type'],
  params: request.params as Record<string, string>,
  body,
  logged,
});

/** Admits the request, runs the route's handler, and stops waiting at the route's deadline. Resolves once; never rejects. */
export function runHandler(
  route: Route,
  { handle, share }: Pick<BodyHandling, 'handle' | 'share'>,
  request: ApiRequest,
  deps: RunHandlerDeps,
): Promise<ApiResponse> {
  const bytes = request.body.byteLength;
  const release = deps.loadShedder.tryAdmit(bytes);
  if (!release) {
    share.resize(bytes, 0);
    return Promise.resolve(refusalResponse(refuse('overloaded', RETRY_AFTER), request.id));
  }
  return new Promise((resolve) => {
    const stopWaiting = route.deadline.start(() =>
      resolve(refusalResponse(refuse('no_answer_in_time', RETRY_AFTER), request.id)),
    );
    const finish = (response: ApiResponse): void => {
      // A handler that goes on after a late response still counts as in flight until here, and so does its body.
      release();
      share.resize(bytes, 0);
      // Late responses count as progress too; otherwise a slow system would look hung and refuse everything.
      if (response.status === 200) route.deadline.progress();
      stopWaiting();
      resolve(response);
    };
    handle(request).then(finish, (error: unknown) => {
      finish(refusalResponse(refusalForError(error, route, request.id, deps), request.id));
    });
  });
}
