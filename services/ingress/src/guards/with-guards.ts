import type { Result } from '@ardor/domain/errors/result';
import { whenReady } from '@ardor/runtime/concurrency/when-ready';
import type { ClientRecord } from '@ardor/store/clients/find-client';
import { refusalReply, type Reply } from '../http/response.js';
import type { ApiRequest } from '../http/request.js';
import type { Authenticate } from './authenticate.js';
import { checkFields, type Fields } from './validate-body.js';
import { readCredentials } from './credentials.js';
import { readJson } from './parse-json.js';

type Awaitable<T> = T | Promise<T>;

/** The part of a route behind the guards. */
export type GuardedHandler<T> = (client: ClientRecord, fields: T) => Awaitable<Result<Reply>>;

/** Puts the guards before a handler, in the order of the contract: size and JSON, credentials, schema. */
export function guarded<T>(
  authenticate: Authenticate,
  fields: Fields<T>,
  handle: GuardedHandler<T>,
): (request: ApiRequest) => Awaitable<Reply> {
  const run = (request: ApiRequest): Awaitable<Result<Reply>> => {
    const body = readJson(request.contentType, request.body);
    if (!body.ok) return body;
    const credentials = readCredentials(body.value, request.authorization);
    if (!credentials.ok) return credentials;
    return whenReady(authenticate(credentials.value), (client) => {
      if (!client.ok) return client;
      const checked = checkFields(fields, body.value);
      return checked.ok ? handle(client.value, checked.value) : checked;
    });
  };
  return (request) =>
    whenReady(run(request), (result) => (result.ok ? result.value : refusalReply(result.refusal, request.id)));
}
