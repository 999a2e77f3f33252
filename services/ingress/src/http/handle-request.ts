import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import { WaitedTooLongError } from '@ardor/runtime/concurrency/batcher';
import type { Logger } from '@ardor/runtime/observability/logger';
import { StoreError } from '@ardor/store/sql/store-error';
import type { LoadShedder } from './load-shedding.js';
import { refusalResponse, type ApiResponse } from './response.js';
import type { ApiRequest } from './request.js';
import type { Route } from './route.js';

export interface HandleRequestDeps {
  readonly log: Logger;
  readonly overload: Pick<LoadShedder, 'tryAdmit'>;
}

/** Calls `write` once, in time, whatever the route's handler does. Never throws. */
export type HandleRequest = (route: Route, request: ApiRequest, write: (reply: ApiResponse) => void) => void;

/** What a 503 says in Retry-After. */
const RETRY_SECONDS = 1;

/** What every adapter does with a request that has been read. What a handler still does after a late answer counts as under way. */
export function createHandleRequest({ log, overload }: HandleRequestDeps): HandleRequest {
  return (route, request, write) => {
    const leave = overload.tryAdmit(request.body.byteLength);
    if (!leave) {
      write(refusalResponse(refuse('overloaded', undefined, RETRY_SECONDS), request.id));
      return;
    }
    const { patience } = route;
    let answered = false;
    const stopWaiting = patience.wait(() => {
      answered = true;
      write(refusalResponse(refuse('no_answer_in_time', undefined, RETRY_SECONDS), request.id));
    });
    const finish = (reply: ApiResponse): void => {
      leave();
      // Also of one that comes too late: where all are slow, and each is told that nothing goes on, nothing ever would.
      if (reply.status === 200) patience.progress();
      if (answered) return;
      stopWaiting();
      write(reply);
    };
    const fail = (error: unknown): void =>
      finish(refusalResponse(errorRefusal(error, route, request, log), request.id));
    const reply = handle(route, request);
    if (reply instanceof Promise) reply.then(finish, fail);
    else finish(reply);
  };
}

function handle(route: Route, request: ApiRequest): ApiResponse | Promise<ApiResponse> {
  try {
    return route.handle(request);
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error('a handler threw what is no error'));
  }
}

/** An error that a handler throws is overload, broken infrastructure or a bug: the caller learns which, the log the rest. */
function errorRefusal(error: unknown, { path }: Route, { id }: ApiRequest, log: Logger): Refusal {
  if (error instanceof WaitedTooLongError) return refuse('overloaded', undefined, RETRY_SECONDS);
  log.error('request failed', { request_id: id, route: path, error });
  return error instanceof StoreError && error.kind === 'unavailable'
    ? refuse('database_unavailable', undefined, RETRY_SECONDS)
    : refuse('internal_error');
}
