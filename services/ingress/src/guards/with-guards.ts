import type { Result } from '@ardor/domain/errors/result';
import type Joi from 'joi';
import type { ClientHandler } from '../http/client-handler.js';
import { parseJson } from '../http/parse-json.js';
import type { ApiRequest } from '../http/request.js';
import { refusalResponse, type ApiResponse } from '../http/response.js';
import { compileBody } from '../http/validate-body.js';
import type { Authenticate } from './authenticate.js';
import { readCredentials } from './read-credentials.js';

/** Puts the guards before a handler, in the contract's order: JSON, credentials, schema. The body's size was checked before. */
export function withGuards<T>(
  authenticate: Authenticate,
  schema: Joi.ObjectSchema<T>,
  handle: ClientHandler<T>,
): (request: ApiRequest) => Promise<ApiResponse> {
  const validateBody = compileBody(schema);
  const run = async (request: ApiRequest): Promise<Result<ApiResponse>> => {
    const { contentType, body, authorization, logged } = request;
    const parsed = parseJson(contentType, body);
    if (!parsed.ok) return parsed;
    const credentials = readCredentials(parsed.value, authorization);
    if (!credentials.ok) return credentials;
    const client = await authenticate(credentials.value, request);
    if (!client.ok) return client;
    logged.client_id = client.value.id;
    const valid = validateBody(parsed.value);
    if (!valid.ok) return valid;
    return handle(client.value, valid.value, logged);
  };
  return async (request) => {
    const result = await run(request);
    return result.ok ? result.value : refusalResponse(result.refusal, request.id);
  };
}
