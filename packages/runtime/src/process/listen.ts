import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** A request that a server has begun to read and whose answer has not left. */
export interface ServedRequest {
  /** False while it waits for its client: to send the rest or what may follow, or to take the answer. */
  readonly complete: boolean;
  readonly destroy: () => unknown;
}

const SWEEP_MS = 50;
/** While closing, a request that has not arrived by then is cut off: it would hold the server open at its own pace. */
const ARRIVAL_MS = 1_000;

/** Where each server's requests under way are found. */
const sources = new WeakMap<Server, (() => Iterable<ServedRequest>)[]>();

/** Names further requests that a server is answering, for its close: those that it reads past node:http. */
export function alsoServing(server: Server, requests: () => Iterable<ServedRequest>): void {
  sources.set(server, [...(sources.get(server) ?? []), requests]);
}

/** Starts listening; rejects (EADDRINUSE …) instead of emitting. Returns the port, also where 0 asked for any. */
export function listen(server: Server, port: number, host = '0.0.0.0'): Promise<number> {
  const requests = new Set<IncomingMessage>();
  alsoServing(server, () => requests);
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
  const cutOffAt = performance.now() + ARRIVAL_MS;
  const sweep = (): void => {
    const requests = (sources.get(server) ?? []).flatMap((source) => [...source()]);
    if (performance.now() > cutOffAt) for (const request of requests) if (!request.complete) request.destroy();
    if (requests.length === 0) server.closeAllConnections();
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
