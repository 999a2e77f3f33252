import type { ApiResponse } from './response.js';
import type { ResponseDeadline } from './response-deadline.js';
import type { ApiRequest } from './request.js';

/** One line of the route table; every route is a POST. */
export interface Route {
  /** Segments; one that begins with a colon is a parameter. */
  readonly path: string;
  /** A longer body is refused by 413. */
  readonly maxBodyBytes: number;
  /** Shared by routes that wait for the same parts of the system: what succeeds at one says that those do not hang. */
  readonly patience: ResponseDeadline;
  /** May throw, too: both ways of failing are the same. */
  readonly handle: (request: ApiRequest) => ApiResponse | Promise<ApiResponse>;
}
