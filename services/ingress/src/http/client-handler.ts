import type { Result } from '@ardor/domain/errors/result';
import type { ClientRecord } from '@ardor/store/clients/read-clients';
import type { RequestLogFields } from './request.js';
import type { ApiResponse } from './response.js';

/** A handler behind the guards, as routes.ts gives it: it knows who calls, and gets a body that its schema accepts. */
export type ClientHandler<T> = (
  client: ClientRecord,
  body: T,
  logged: RequestLogFields,
) => Promise<Result<ApiResponse>>;
