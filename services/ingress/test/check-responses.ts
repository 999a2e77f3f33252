import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type Joi from 'joi';
import { refusalSchema } from '../src/http/response-schema.js';
import { SCHEMAS } from '../src/routes.js';

/** The first path segments of each route; the receipt's path ends with parameters. */
const schemaOf = (path: string): Joi.ObjectSchema | undefined =>
  Object.entries(SCHEMAS).find(
    ([route]) => path === route || (route.includes('/:') && path.startsWith(route.split('/:')[0] ?? '')),
  )?.[1].response;

/** Holds every response of a server to its schema. Returns a list that grows by a sentence for each that breaks it. */
export function checkResponses(server: Server): readonly string[] {
  const problems: string[] = [];
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '';
    const end = response.end.bind(response);
    response.end = ((text: string) => {
      const schema = response.statusCode === 200 ? schemaOf(path) : refusalSchema;
      const problem = schema ? schema.validate(JSON.parse(text), { convert: false }).error?.message : 'no schema';
      if (problem) problems.push(`${path} ${response.statusCode}: ${problem}`);
      return end(text);
    }) as typeof response.end;
  });
  return problems;
}
