import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { refuse } from '@ardor/domain/errors/reasons';
import { createHandleRequest } from '../src/http/handle-request.js';
import { createApiServer, type ApiServerTimes } from '../src/http/api-server.js';
import { createExpressApp } from '../src/http/express-adapter.js';
import { createLoadShedder } from '../src/http/load-shedding.js';
import { createResponseDeadline } from '../src/http/response-deadline.js';
import { okResponse, refusalResponse } from '../src/http/response.js';
import type { ApiRequest } from '../src/http/request.js';
import type { Route } from '../src/http/route.js';
import { SILENT } from './create-test-ingress.js';

export const MAX_BYTES = 1_000;
export const MAX_IN_FLIGHT = 3;
/** More than the system takes of an answer that nobody reads. */
export const BIG_BYTES = 12_000_000;

export interface TestAdapter {
  readonly server: Server;
  /** Requests that reached a handler. */
  readonly handled: ApiRequest[];
  /** Answers that were counted: route, status, reason. */
  readonly observed: string[];
  /** Requests that came to node:http. */
  readonly left: string[];
  readonly inFlight: () => number;
  /** Lets /held answer: as many as were asked. */
  release(): void;
  drain(draining: boolean): void;
  close(): Promise<void>;
}

/** An adapter before routes that tell what they were given. */
export async function startTestAdapter(kind: 'sockets' | 'Express', times?: ApiServerTimes): Promise<TestAdapter> {
  const [handled, observed, left]: [ApiRequest[], string[], string[]] = [[], [], []];
  let held: (() => void)[] = [];
  let draining = false;
  const overload = createLoadShedder({ maxInFlight: MAX_IN_FLIGHT, maxLoopDelayMs: 60_000 });
  const patience = createResponseDeadline({ stallMs: 60_000, maxMs: 60_000 });
  const route = (path: string, answer: (request: ApiRequest) => ReturnType<Route['handle']>): Route => ({
    path,
    maxBodyBytes: MAX_BYTES,
    patience,
    handle: (request) => {
      handled.push(request);
      return answer(request);
    },
  });
  const echo = ({ body, ...request }: ApiRequest) => Promise.resolve(okResponse({ ...request, body: body.toString() }));
  const options = {
    routes: [
      route('/echo', echo),
      route('/echo/batch', echo),
      route('/things/:id/:token', echo),
      route('/busy', ({ id }) => Promise.resolve(refusalResponse(refuse('overloaded', undefined, 5), id))),
      route('/big', () => Promise.resolve(okResponse('x'.repeat(BIG_BYTES)))),
      route('/broken', () => Promise.reject(new Error('a secret'))),
      route('/held', (request) => new Promise<void>((resolve) => held.push(resolve)).then(() => echo(request))),
    ],
    answer: createHandleRequest({ log: SILENT, overload }),
    log: SILENT,
    observe: (path: string, { status, reason }: { status: number; reason: string }) =>
      void observed.push(`${path} ${status} ${reason}`),
    draining: () => draining,
  };
  const server = kind === 'Express' ? createServer(createExpressApp(options)) : createApiServer(options, times);
  server.prependListener('request', ({ method, url }) => void left.push(`${method ?? ''} ${url ?? ''}`));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    ...{ server, handled, observed, left, inFlight: overload.inFlight },
    release: () => {
      held.forEach((resolve) => resolve());
      held = [];
    },
    drain: (on) => {
      draining = on;
    },
    close: async () => {
      await overload.stop();
      if (!server.listening) return;
      server.close().closeAllConnections();
      await once(server, 'close');
    },
  };
}
