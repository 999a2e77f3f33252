import { Server } from 'node:http';
import type { Socket } from 'node:net';
import { alsoServing } from '@ardor/runtime/process/listen';
import { answerClientError } from './client-error.js';
import { createExpressApp, type AdapterOptions } from './express-adapter.js';
import { findRoute } from './find-route.js';
import { servePlain, type PlainConnection, type PlainOptions } from './plain-connection.js';

export interface ApiServerTimes {
  /** Between two requests of a connection, in milliseconds. */
  readonly keepAliveMs: number;
  /** For all bytes of one request, in milliseconds. */
  readonly requestMs: number;
}

/** Longer than the idle time of any load balancer in front, so that none reuses a connection just being closed. */
const KEEP_ALIVE_MS = 75_000;
/** A client that sends its request slower than this is cut off. */
const REQUEST_MS = 15_000;

/**
 * The server of the API: plain requests are served straight on their connection, all others by Express over node:http, with the
 * same route table.
 */
export const createApiServer = (
  options: AdapterOptions,
  times: ApiServerTimes = { keepAliveMs: KEEP_ALIVE_MS, requestMs: REQUEST_MS },
): Server => new ApiServer(options, times);

class ApiServer extends Server {
  readonly #plain = new Map<Socket, PlainConnection>();

  constructor(options: AdapterOptions, { keepAliveMs, requestMs }: ApiServerTimes) {
    super({ keepAliveTimeout: keepAliveMs, requestTimeout: requestMs }, createExpressApp(options));
    this.on('clientError', answerClientError);
    // node:http serves a connection by its listener for `connection`, and may be given one that others have begun with.
    const [serve] = this.listeners('connection') as ((socket: Socket) => void)[];
    if (!serve) throw new Error('node:http has no listener for its connections');
    this.removeAllListeners('connection');
    const plain: PlainOptions = {
      ...options,
      ...{ find: findRoute(options.routes), keepAliveMs, requestMs },
      handOver: (socket) => {
        this.#plain.delete(socket);
        serve.call(this, socket);
      },
    };
    alsoServing(this, () => [...this.#plain.values()].flatMap((connection) => connection.underWay() ?? []));
    this.on('connection', (socket: Socket) => {
      this.#plain.set(socket, servePlain(socket, plain));
      socket.once('close', () => this.#plain.delete(socket));
    });
  }

  override closeIdleConnections(): void {
    super.closeIdleConnections();
    for (const connection of this.#plain.values()) if (!connection.underWay()) connection.destroy();
  }

  override closeAllConnections(): void {
    super.closeAllConnections();
    for (const connection of this.#plain.values()) connection.destroy();
  }
}
