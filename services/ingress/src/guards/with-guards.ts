import type { Result } from '@ardor/domain/errors/result';
import { whenReady } from '@ardor/runtime/concurrency/when-ready';
import type { ClientRecord } from '@ardor/store/clients/find-client';
import { refusalResponse, type ApiResponse } from '../http/response.js';
import type { ApiRequest } from '../http/request.js';
import type { Authenticate } from './authenticate.js';
import { validateBody, type BodySchema } from './validate-body.js';
import { readCredentials } from './credentials.js';
import { parseJson } from './parse-json.js';

type Awaitable<T> = T | Promise<T>;

/** The part of a route behind the guards. */
export type GuardedHandler<T> = (client: ClientRecord, fields: T) => Awaitable<Result<ApiResponse>>;

/** Puts the guards before a handler, in the order of the contract: size and JSON, credentials, schema. */
export function withGuards<T>(
  authenticate: Authenticate,
  fields: BodySchema<T>,
  handle: GuardedHandler<T>,
): (request: ApiRequest) => Awaitable<ApiResponse> {
  const run = (request: ApiRequest): Awaitable<Result<ApiResponse>> => {
    const body = parseJson(request.contentType, request.body);
    if (!body.ok) return body;
    const credentials = readCredentials(body.value, request.authorization);
    if (!credentials.ok) return credentials;
    return whenReady(authenticate(credentials.value), (client) => {
      if (!client.ok) return client;
      const checked = validateBody(fields, body.value);
      return checked.ok ? handle(client.value, checked.value) : checked;
    });
  };
  return (request) =>
    whenReady(run(request), (result) => (result.ok ? result.value : refusalResponse(result.refusal, request.id)));
}
