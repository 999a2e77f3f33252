import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';

/** How often a closing server looks for connections that have become idle. */
const SWEEP_MS = 50;
/** A closing server waits this long for its clients: to send the rest of a request, or to read a response. */
const ARRIVAL_MS = 1_000;

/** Each server's connections, with the response that their latest request waits for. */
const connections = new WeakMap<Server, Map<Duplex, ServerResponse | undefined>>();

/** Starts listening; rejects (EADDRINUSE …) instead of emitting. Returns the port, also where 0 asked for any. */
export function listen(server: Server, port: number, host = '0.0.0.0'): Promise<number> {
  trackConnections(server);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Notes what each connection is doing, for `closeServer` and `isAnswering`. */
export function trackConnections(server: Server): void {
  const open = new Map<Duplex, ServerResponse | undefined>();
  connections.set(server, open);
  server.on('connection', (socket: Duplex) => {
    open.set(socket, undefined);
    socket.once('close', () => open.delete(socket));
  });
  server.prependListener('request', ({ socket }, response: ServerResponse) => {
    open.set(socket, response);
    response.once('close', () => {
      // A pipelined request may have come meanwhile; a closed connection is not there any more.
      if (open.get(socket) === response) open.set(socket, undefined);
    });
  });
}

/** Whether the connection's latest request has been read as a whole, or its response has begun. */
export function isAnswering(server: Server, socket: Duplex): boolean {
  const response = connections.get(server)?.get(socket);
  return response !== undefined && (response.req.complete || response.headersSent);
}

/** The request has not arrived as a whole, or nobody reads its response. */
const waitsForClient = (response: ServerResponse): boolean => !response.req.complete || response.writableEnded;

/**
 * Stops accepting, lets requests in flight finish, and does not wait for idle connections. For `graceMs` before that, connections stay
 * open: a client's next request may already be on its way. Requests that come then should be answered with `connection: close`.
 * node:http's own close() would also cut off responses that are written and not yet sent, so only the listening ends by it.
 */
export async function closeServer(server: Server, graceMs = 0): Promise<void> {
  const open = connections.get(server) ?? new Map<Duplex, ServerResponse | undefined>();
  if (graceMs > 0 && open.size > 0) await setTimeout(graceMs);
  const cutOffAt = performance.now() + ARRIVAL_MS;
  const sweep = (): void => {
    const isLate = performance.now() > cutOffAt;
    for (const [socket, response] of open) {
      if (response === undefined || (isLate && waitsForClient(response))) socket.destroy();
    }
  };
  return new Promise((resolve, reject) => {
    const timer = setInterval(sweep, SWEEP_MS);
    NetServer.prototype.close.call(server, (error) => {
      clearInterval(timer);
      if (error) reject(error);
      else resolve();
    });
    sweep();
  });
}
