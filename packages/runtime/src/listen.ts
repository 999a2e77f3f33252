import type { IncomingMessage, Server, ServerResponse } from 'node:http';

const SWEEP_MS = 50;

/** How many requests each listening server is answering. */
const underWay = new WeakMap<Server, { count: number }>();

/** Starts listening; rejects (EADDRINUSE …) instead of emitting. Returns the port, also where 0 asked for any. */
export function listen(server: Server, port: number, host = '0.0.0.0'): Promise<number> {
  const requests = { count: 0 };
  const ended = (): void => {
    requests.count--;
  };
  underWay.set(server, requests);
  server.on('request', (_request: IncomingMessage, response: ServerResponse) => {
    requests.count++;
    response.once('close', ended);
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
  const sweep = (): void => {
    if (underWay.get(server)?.count === 0) server.closeAllConnections();
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
