import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import { isAnswering } from '@ardor/runtime/process/listen';
import { createClientErrorHandler, refuseSocket } from './client-error.js';
import { createExpressPrototypes } from './express-prototypes.js';
import { createExpressApp, type ExpressAppOptions } from './express-app.js';
import { requestId } from './request-id.js';
import { refusalResponse, type ApiResponse } from './response.js';
import { writeResponse } from './write-response.js';

export interface ApiServerTimes {
  /** Between two requests of a connection, in milliseconds. */
  readonly keepAliveMs: number;
  /** For all bytes of one request, in milliseconds; checked four times within. */
  readonly requestMs: number;
}

const NO_HOST = 'HTTP/1.1 needs one Host header (RFC 9112, section 3.2).';

const lacksHost = ({ headers, httpVersion }: IncomingMessage): boolean =>
  headers.host === undefined && httpVersion === '1.1';

/** The API's server. Express answers the requests. This file answers those that node:http would refuse without a body. */
export function createApiServer(options: ExpressAppOptions, { keepAliveMs, requestMs }: ApiServerTimes): Server {
  const app = createExpressApp(options);
  const server = createServer(
    {
      ...createExpressPrototypes(app),
      keepAliveTimeout: keepAliveMs,
      requestTimeout: requestMs,
      headersTimeout: requestMs,
      connectionsCheckingInterval: requestMs / 4,
      // Refused below, with a body.
      requireHostHeader: false,
    },
    (request, response) => {
      if (lacksHost(request)) refuseRequest(request, response, refuse('invalid_http', { message: NO_HOST }));
      else app(request, response);
    },
  );
  const observe = (response: ApiResponse, id: string): void =>
    options.observe({ id, route: 'none', response, seconds: 0, logged: {} });
  const refuseRequest = (request: IncomingMessage, to: ServerResponse, refusal: Refusal): void => {
    const id = requestId(request.headers['x-request-id']);
    const response = refusalResponse(refusal, id);
    writeResponse(to, response, { requestId: id, close: true });
    observe(response, id);
  };
  const isBusy = (socket: Duplex): boolean => isAnswering(server, socket);
  server.on('clientError', createClientErrorHandler({ isAnswering: isBusy, observe }));
  // RFC 9110 §10.1.1: an expectation that is not 100-continue.
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    refuseRequest(request, response, refuse('expectation_failed')),
  );
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => undefined);
    refuseSocket(socket, refuse('method_not_allowed', { allow: 'POST' }), observe);
  });
  return server;
}
