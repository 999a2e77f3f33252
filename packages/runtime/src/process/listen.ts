import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';

/** A closing server looks for idle connections this often, in milliseconds. */
const SWEEP_MS = 50;
/** A closing server waits this long for a client to send the rest of a request or to read a response, in milliseconds. */
const ARRIVAL_MS = 1_000;

/** The connections of each server, with the response to their latest request. */
const connections = new WeakMap<Server, Map<Duplex, ServerResponse | undefined>>();

/** Starts listening and returns the port, also when 0 asked for any. Rejects (EADDRINUSE …) instead of emitting an error. */
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

/** Records what each connection is doing, for `closeServer` and `isAnswering`. */
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
      // A pipelined request may have replaced this one, and a closed connection is already removed.
      if (open.get(socket) === response) open.set(socket, undefined);
    });
  });
}

/** Tells whether the connection's latest request has been read completely, or its response has begun. */
export function isAnswering(server: Server, socket: Duplex): boolean {
  const response = connections.get(server)?.get(socket);
  return response !== undefined && (response.req.complete || response.headersSent);
}

/** Tells whether the server waits for the client: for the rest of a request, or for someone to read its response. */
const waitsForClient = (response: ServerResponse): boolean => !response.req.complete || response.writableEnded;

/**
 * Stops accepting, lets requests in flight finish, and does not wait for idle connections. Connections first stay open for
 * `graceMs`, because a client's next request may already be on its way. Answer such requests with `connection: close`.
 * node:http's close() would also cut off responses that are written and not yet sent. So it only ends the listening.
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
