import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import { WaitedTooLongError } from '@ardor/runtime/concurrency/batcher';
import type { Logger } from '@ardor/runtime/observability/logger';
import { StoreError } from '@ardor/store/sql/store-error';
import type { LoadShedder } from './load-shedding.js';
import type { ApiRequest } from './request.js';
import { refusalResponse, type ApiResponse } from './response.js';
import type { Route } from './route.js';

export interface HandleRequestDeps {
  readonly log: Logger;
  readonly loadShedder: Pick<LoadShedder, 'tryAdmit'>;
  /** A handler failed because the database is unavailable. */
  readonly onDatabaseFailure: (error: StoreError) => void;
}

/** Resolves once, within the route's deadline, whatever its handler does. Never rejects. */
export type HandleRequest = (route: Route, request: ApiRequest) => Promise<ApiResponse>;

/** Retry-After of a 503. */
const RETRY_AFTER = { retryAfterSeconds: 1 };

/** Admits the request, runs the route's handler, and stops waiting at the deadline. */
export function createHandleRequest(deps: HandleRequestDeps): HandleRequest {
  return (route, request) => {
    const release = deps.loadShedder.tryAdmit(request.body.byteLength);
    if (!release) return Promise.resolve(refusalResponse(refuse('overloaded', RETRY_AFTER), request.id));
    return new Promise((resolve) => {
      const stopWaiting = route.deadline.start(() =>
        resolve(refusalResponse(refuse('no_answer_in_time', RETRY_AFTER), request.id)),
      );
      const finish = (response: ApiResponse): void => {
        // A handler that goes on after a late response still counts as in flight until here.
        release();
        // Late responses count as progress too; otherwise a slow system would look hung and shed everything.
        if (response.status === 200) route.deadline.progress();
        stopWaiting();
        resolve(response);
      };
      route.handle(request).then(finish, (error: unknown) => {
        finish(refusalResponse(refusalForError(error, route, request, deps), request.id));
      });
    });
  };
}

/** A handler throws for overload, broken infrastructure or a bug. The caller learns which; the log has the rest. */
function refusalForError(
  error: unknown,
  { path }: Route,
  { id }: ApiRequest,
  { log, onDatabaseFailure }: HandleRequestDeps,
): Refusal {
  if (error instanceof WaitedTooLongError) return refuse('overloaded', RETRY_AFTER);
  if (error instanceof StoreError && error.kind === 'unavailable') {
    onDatabaseFailure(error);
    return refuse('database_unavailable', RETRY_AFTER);
  }
  log.error('request failed', { request_id: id, route: path, error });
  return refuse('internal_error');
}
