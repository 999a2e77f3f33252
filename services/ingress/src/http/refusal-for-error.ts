import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import { WaitedTooLongError } from '@ardor/runtime/concurrency/batcher';
import type { Logger } from '@ardor/runtime/observability/logger';
import { StoreError } from '@ardor/store/sql/store-error';
import type { Route } from './route.js';

export interface RefuseErrorDeps {
  readonly log: Pick<Logger, 'error'>;
  /** A request failed because the database is unavailable. */
  readonly onDatabaseFailure: (error: StoreError) => void;
}

/** Retry-After of a 503. */
export const RETRY_AFTER = { retryAfterSeconds: 1 };

/** A handler throws for overload, broken infrastructure or a bug. The caller learns which; the log has the rest. */
export function refusalForError(
  error: unknown,
  { path }: Pick<Route, 'path'>,
  requestId: string,
  { log, onDatabaseFailure }: RefuseErrorDeps,
): Refusal {
  if (error instanceof WaitedTooLongError) return refuse('overloaded', RETRY_AFTER);
  if (error instanceof StoreError && error.kind === 'unavailable') {
    onDatabaseFailure(error);
    return refuse('database_unavailable', RETRY_AFTER);
  }
  log.error('request failed', { request_id: requestId, route: path, error });
  return refuse('internal_error');
}
