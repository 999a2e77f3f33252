import type { Reply } from './reply.js';
import type { ApiRequest } from './request.js';

/** One line of the route table; every route is a POST. */
export interface Route {
  /** Segments; one that begins with a colon is a parameter. */
  readonly path: string;
  /** A longer body is refused by 413. */
  readonly maxBodyBytes: number;
  readonly handle: (request: ApiRequest) => Promise<Reply>;
}
