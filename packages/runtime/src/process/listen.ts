import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { trackConnections } from './connections.js';

/** A closing server looks for idle connections this often, in milliseconds. */
const SWEEP_MS = 50;
/** A closing server waits this long for a client to send the rest of a request or to read a response, in milliseconds. */
const ARRIVAL_MS = 1_000;

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

/** Tells whether the server waits for the client: for the rest of a request, or for someone to read its response. */
const waitsForClient = (response: ServerResponse): boolean => !response.req.complete || response.writableEnded;

/**
 * Stops accepting, lets requests in flight finish, and does not wait for idle connections. Connections first stay open for
 * `graceMs`, because a client's next request may already be on its way. Answer such requests with `connection: close`.
 * node:http's close() would also cut off responses that are written and not yet sent. So it only ends the listening.
 */
export async function closeServer(server: Server, graceMs = 0): Promise<void> {
  const open = trackConnections(server);
  if (graceMs > 0 && open.size > 0) await setTimeout(graceMs);
  const cutOffAt = performance.now() + ARRIVAL_MS;
  const sweep = (): void => {
    const isLate = performance.now() > cutOffAt;
    for (const { socket, isBusy, response } of open.values()) {
      if (!isBusy || (isLate && (response === undefined || waitsForClient(response)))) socket.destroy();
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
