import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import type { ClosedCause } from '@ardor/runtime/observability/metrics';
import { isAnswering } from '@ardor/runtime/process/connections';
import { limitConnections } from '@ardor/runtime/process/limit-connections';
import { serveOneAtATime } from '@ardor/runtime/process/one-request-at-a-time';
import { createClientErrorHandler, refuseSocket } from './client-error.js';
import { createExpressPrototypes } from './express-prototypes.js';
import { createExpressApp, type ExpressAppOptions } from './express-app.js';
import { requestId } from './request-id.js';
import { refusalResponse, type ApiResponse } from './response.js';
import { writeResponse } from './write-response.js';

export interface ApiServerTimes {
  /** Between two requests of a connection, in milliseconds. */
  readonly keepAliveMs: number;
  /** For the first byte of a connection and for the head of a request, in milliseconds; checked four times within. */
  readonly headMs: number;
  /** For all bytes of one request, in milliseconds. Not shorter than `headMs`. */
  readonly requestMs: number;
  /** For a client that takes no byte of its response, in milliseconds. */
  readonly unreadMs: number;
}

export interface ConnectionOptions {
  readonly maxConnections: number;
  readonly onConnectionClosed: (cause: ClosedCause) => void;
}

const NO_HOST = 'HTTP/1.1 needs one Host header (RFC 9112, section 3.2).';

const NO_CONNECTION_LEFT = {
  message: 'This server has as many connections as it can hold; nothing was accepted or looked up.',
  retryAfterSeconds: 1,
};

const lacksHost = ({ headers, httpVersion }: IncomingMessage): boolean =>
  headers.host === undefined && httpVersion === '1.1';

/** The API's server. Express answers the requests. This file answers those that node:http would refuse without a body. */
export function createApiServer(
  options: ExpressAppOptions & ConnectionOptions,
  { keepAliveMs, headMs, requestMs, unreadMs }: ApiServerTimes,
): Server {
  const app = createExpressApp(options);
  const server = createServer(
    {
      ...createExpressPrototypes(app),
      keepAliveTimeout: keepAliveMs,
      requestTimeout: requestMs,
      headersTimeout: headMs,
      connectionsCheckingInterval: headMs / 4,
      // Refused below, with a body.
      requireHostHeader: false,
    },
    (request, response) => {
      if (lacksHost(request)) refuseRequest(request, response, refuse('invalid_http', { message: NO_HOST }));
      else app(request, response);
    },
  );
  server.timeout = unreadMs;
  allowHalfOpen(server);
  const observe = (response: ApiResponse, id: string): void =>
    options.observe({ id, route: 'none', response, seconds: 0, logged: {} });
  const refuseRequest = (request: IncomingMessage, to: ServerResponse, refusal: Refusal): void => {
    const id = requestId(request.headers['x-request-id']);
    const response = refusalResponse(refusal, id);
    writeResponse(to, response, { requestId: id, close: true });
    observe(response, id);
  };
  const onClientError = createClientErrorHandler({
    isAnswering: (socket) => isAnswering(server, socket),
    observe,
    onCut: options.onConnectionClosed,
  });
  serveOneAtATime(server, onClientError);
  limitConnections(server, {
    max: options.maxConnections,
    refuse: (socket) => refuseSocket(socket, refuse('overloaded', NO_CONNECTION_LEFT), observe),
    onClosed: options.onConnectionClosed,
  });
  // RFC 9110 §10.1.1: an expectation that is not 100-continue.
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    refuseRequest(request, response, refuse('expectation_failed')),
  );
  server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    socket.on('error', () => undefined);
    refuseSocket(socket, refuse('method_not_allowed', { allow: 'POST' }), observe);
  });
  return server;
}

/** A client that ends its sending side still gets its response. Node has this setting and does not document it. */
function allowHalfOpen(server: Server): void {
  (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
}
