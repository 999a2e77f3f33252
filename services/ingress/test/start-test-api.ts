import type { Server } from 'node:http';
import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused } from '@ardor/domain/errors/result';
import { closeServer, listen } from '@ardor/runtime/process/listen';
import { createApiServer, type ApiServerTimes } from '../src/http/api-server.js';
import { createBodyBudget } from '../src/http/body-budget.js';
import { createLoadShedder } from '../src/http/load-shedding.js';
import type { ApiRequest } from '../src/http/request.js';
import { createResponseDeadline } from '../src/http/response-deadline.js';
import { okResponse, refusalResponse } from '../src/http/response.js';
import type { Route } from '../src/http/route.js';
import { SILENT } from './create-test-ingress.js';

export const MAX_BYTES = 1_000;
export const MAX_IN_FLIGHT = 3;
/** Of all bodies; anonymous ones may use half. */
export const MAX_BODIES = 100_000;
/** Of one body to /large. */
export const MAX_KNOWN_BYTES = 40_000;
export const MAX_ANONYMOUS_BYTES = 20_000;
/** The Authorization header that /large knows. */
export const KNOWN = 'Basic known';
/** More than the system buffers of a response that nobody reads. */
export const BIG_BYTES = 12_000_000;
const TIMES: ApiServerTimes = { keepAliveMs: 75_000, headMs: 10_000, requestMs: 15_000, unreadMs: 30_000 };
export const MAX_CONNECTIONS = 5;

export interface TestApi {
  readonly server: Server;
  /** Requests that reached a handler. */
  readonly handled: ApiRequest[];
  /** Responses that were observed: route, status, reason. */
  readonly observed: string[];
  /** Connections that the server closed itself: why. */
  readonly closed: string[];
  readonly inFlight: () => number;
  readonly bodyBytes: () => number;
  /** Lets the requests to /held be answered. */
  release(): void;
  drain(draining: boolean): void;
  close(): Promise<void>;
}

/** The API's server in front of routes that answer with what they were given. */
export async function startTestApi(
  times: Partial<ApiServerTimes> = {},
  { maxInFlight = MAX_IN_FLIGHT } = {},
): Promise<TestApi> {
  const handled: ApiRequest[] = [];
  const observed: string[] = [];
  const closed: string[] = [];
  let held: (() => void)[] = [];
  let draining = false;
  const loadShedder = createLoadShedder({ maxInFlight, maxLoopDelayMs: 60_000 });
  const bodyBudget = createBodyBudget({ maxBytes: MAX_BODIES, now: () => performance.now() });
  const deadline = createResponseDeadline({ stallMs: 60_000, maxMs: 60_000 });
  const route = (path: string, handle: Route['handle']): Route => ({
    path,
    maxBodyBytes: MAX_BYTES,
    maxAnonymousBodyBytes: MAX_BYTES,
    deadline,
    handle: (request) => {
      handled.push(request);
      return handle(request);
    },
  });
  const echo = ({ body, peer, ...request }: ApiRequest) =>
    Promise.resolve(okResponse({ ...request, ip: peer.ip, body: body.toString() }));
  const largeRoute = (handle: Route['handle']): Route => ({
    ...route('/large', handle),
    maxBodyBytes: MAX_KNOWN_BYTES,
    maxAnonymousBodyBytes: MAX_ANONYMOUS_BYTES,
    identify: (authorization) =>
      Promise.resolve(authorization === KNOWN ? ok(handle) : refused(refuse('invalid_passcode'))),
  });
  const server = createApiServer(
    {
      trustedProxies: [],
      routes: [
        route('/echo', echo),
        route('/echo/batch', echo),
        route('/things/:id/:token', echo),
        route('/busy', ({ id }) =>
          Promise.resolve(refusalResponse(refuse('overloaded', { retryAfterSeconds: 5 }), id)),
        ),
        route('/who', ({ id }) => Promise.resolve(refusalResponse(refuse('invalid_passcode'), id))),
        route('/big', () => Promise.resolve(okResponse({ text: 'x'.repeat(BIG_BYTES) }))),
        route('/broken', () => Promise.reject(new Error('a secret'))),
        largeRoute(echo),
        route('/held', (request) => new Promise<void>((resolve) => held.push(resolve)).then(() => echo(request))),
      ],
      log: SILENT,
      loadShedder,
      bodyBudget,
      onDatabaseFailure: () => undefined,
      observe: ({ route: path, response: { status, reason } }) => void observed.push(`${path} ${status} ${reason}`),
      draining: () => draining,
      maxConnections: MAX_CONNECTIONS,
      onConnectionClosed: (cause) => void closed.push(cause),
    },
    { ...TIMES, ...times },
  );
  await listen(server, 0, '127.0.0.1');
  return {
    server,
    handled,
    observed,
    closed,
    inFlight: loadShedder.inFlight,
    bodyBytes: bodyBudget.used,
    release: () => {
      held.forEach((resolve) => resolve());
      held = [];
    },
    drain: (on) => {
      draining = on;
    },
    close: async () => {
      await loadShedder.stop();
      if (!server.listening) return;
      server.closeAllConnections();
      await closeServer(server);
    },
  };
}
