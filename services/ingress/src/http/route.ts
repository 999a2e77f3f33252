import type { Result } from '@ardor/domain/errors/result';
import type { ApiRequest, Caller, RequestLogFields } from './request.js';
import type { ResponseDeadline } from './response-deadline.js';
import type { ApiResponse } from './response.js';

/** A rejection becomes a 500 or 503. */
export type Handler = (request: ApiRequest) => Promise<ApiResponse>;

/** One line of the route table; every route is a POST. */
export interface Route {
  /** A segment that begins with a colon is a parameter. */
  readonly path: string;
  /** A longer body is refused by 413. */
  readonly maxBodyBytes: number;
  /** The same while the sender is not known: its credentials may be in the body. */
  readonly maxAnonymousBodyBytes: number;
  /** Routes that need the same dependencies share one: a success at one proves that they do not hang. */
  readonly deadline: ResponseDeadline;
  /**
   * Checks the credentials of the Authorization header, before the body is read. Returns the handler for this sender's body, or why the
   * body is not read.
   */
  readonly identify?: (authorization: string, caller: Caller, logged: RequestLogFields) => Promise<Result<Handler>>;
  /** For a body that came without that header. Built in routes.ts. */
  readonly handle: Handler;
}
