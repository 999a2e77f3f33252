import type { ApiRequest } from './request.js';
import type { ResponseDeadline } from './response-deadline.js';
import type { ApiResponse } from './response.js';

/** One line of the route table; every route is a POST. */
export interface Route {
  /** A segment that begins with a colon is a parameter. */
  readonly path: string;
  /** A longer body is refused by 413. */
  readonly maxBodyBytes: number;
  /** Routes that need the same dependencies share one: a success at one proves that they do not hang. */
  readonly deadline: ResponseDeadline;
  /** Built in routes.ts. A rejection becomes a 500 or 503. */
  readonly handle: (request: ApiRequest) => Promise<ApiResponse>;
}
