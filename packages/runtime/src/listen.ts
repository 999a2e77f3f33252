import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** A request that a server has begun to read and not yet answered. */
export interface UnderWay {
  /** Whether all of it has arrived. */
  readonly complete: boolean;
  readonly destroy: () => unknown;
}

const SWEEP_MS = 50;
/** While closing, a request that has not arrived by then is cut off: it would hold the server open at its own pace. */
const ARRIVAL_MS = 1_000;

const underWay = new WeakMap<Server, Set<UnderWay>>();

/** The requests that a server is answering; who reads some past node:http adds them. */
export function requestsUnderWay(server: Server): Set<UnderWay> {
  const requests = underWay.get(server) ?? new Set();
  underWay.set(server, requests);
  return requests;
}

/** Starts listening; rejects (EADDRINUSE …) instead of emitting. Returns the port, also where 0 asked for any. */
export function listen(server: Server, port: number, host = '0.0.0.0'): Promise<number> {
  const requests = requestsUnderWay(server);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    requests.add(request);
    response.once('close', () => requests.delete(request));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/**
 * Stops accepting, lets requests under way finish, and does not wait for connections without one. Node closes those
 * that are idle at this moment; one that is kept alive after its last answer, or that has asked nothing yet, would
 * hold the server open until its peer leaves.
 */
export function closeServer(server: Server): Promise<void> {
  const requests = requestsUnderWay(server);
  const cutOffAt = performance.now() + ARRIVAL_MS;
  const sweep = (): void => {
    if (performance.now() > cutOffAt) for (const request of requests) if (!request.complete) request.destroy();
    if (requests.size === 0) server.closeAllConnections();
    else server.closeIdleConnections();
  };
  return new Promise((resolve, reject) => {
    const timer = setInterval(sweep, SWEEP_MS);
    server.close((error) => {
      clearInterval(timer);
      if (error) reject(error);
      else resolve();
    });
  });
}
