import { ok, type Result } from '@ardor/domain/errors/result';
import type { ClientRecord } from '@ardor/store/clients/read-clients';
import type Joi from 'joi';
import type { ClientHandler } from '../http/client-handler.js';
import { parseJson } from '../http/parse-json.js';
import type { ApiRequest } from '../http/request.js';
import { refusalResponse, type ApiResponse } from '../http/response.js';
import type { Route } from '../http/route.js';
import { compileBody } from '../http/validate-body.js';
import type { Authenticate } from './authenticate.js';
import { readBasicCredentials, readBodyCredentials, type Credentials } from './read-credentials.js';

export interface GuardOptions<T> {
  readonly authenticate: Authenticate;
  readonly schema: Joi.ObjectSchema<T>;
  /** A body with more values is refused: see scanJson. */
  readonly maxJsonValues: number;
}

/** A client whose credentials were in the header. */
interface KnownClient {
  readonly client: ClientRecord;
  readonly credentials: Credentials;
}

/**
 * Puts the guards before a handler, in the contract's order. Credentials in the header are checked before the body is read. Credentials
 * in the body are checked after its size and its JSON, and before its schema.
 */
export function withGuards<T>(
  { authenticate, schema, maxJsonValues }: GuardOptions<T>,
  handle: ClientHandler<T>,
): Required<Pick<Route, 'identify' | 'handle'>> {
  const validateBody = compileBody(schema);
  const run = async (request: ApiRequest, known: KnownClient | undefined): Promise<Result<ApiResponse>> => {
    const { contentType, body, logged } = request;
    const parsed = parseJson(contentType, body, maxJsonValues);
    if (!parsed.ok) return parsed;
    const credentials = readBodyCredentials(parsed.value, known?.credentials);
    if (!credentials.ok) return credentials;
    const client = known ? ok(known.client) : await authenticate(credentials.value, request);
    if (!client.ok) return client;
    logged.client_id = client.value.id;
    const valid = validateBody(parsed.value);
    if (!valid.ok) return valid;
    return handle(client.value, valid.value, logged);
  };
  const respond = async (request: ApiRequest, known?: KnownClient): Promise<ApiResponse> => {
    const result = await run(request, known);
    return result.ok ? result.value : refusalResponse(result.refusal, request.id);
  };
  return {
    handle: respond,
    identify: async (authorization, caller, logged) => {
      const credentials = readBasicCredentials(authorization);
      if (!credentials.ok) return credentials;
      const client = await authenticate(credentials.value, caller);
      if (!client.ok) return client;
      logged.client_id = client.value.id;
      const known: KnownClient = { client: client.value, credentials: credentials.value };
      return ok((request) => respond(request, known));
    },
  };
}
