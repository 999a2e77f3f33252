import { IncomingMessage, ServerResponse, type ServerOptions } from 'node:http';
import type { Express } from 'express';

/**
 * Classes for a server in front of an Express app. Express sets the prototype of every request and response to its app's; changing a
 * prototype costs V8 several microseconds a request (docs/PERFORMANCE.md). Objects of these classes have that prototype already.
 */
export function createExpressPrototypes(app: Express): Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  class ApiIncomingMessage extends IncomingMessage {}
  class ApiServerResponse extends ServerResponse {}
  app.request = adopt(ApiIncomingMessage.prototype, app.request);
  app.response = adopt(ApiServerResponse.prototype, app.response);
  return { IncomingMessage: ApiIncomingMessage, ServerResponse: ApiServerResponse } as ServerOptions;
}

/** Gives `prototype` what Express' own prototype has: the app, and Express' methods by inheritance. */
function adopt<T extends object>(prototype: object, expressPrototype: T): T {
  Object.setPrototypeOf(prototype, Object.getPrototypeOf(expressPrototype) as object);
  return Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(expressPrototype)) as T;
}
