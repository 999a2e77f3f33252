import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { limitConnections, type ClosedFor } from '../process/limit-connections.js';
import { serveOneAtATime } from '../process/one-request-at-a-time.js';

/** For probes, a scraper, and a few browsers at the dashboard. */
export const MAX_OPS_CONNECTIONS = 64;
const HEAD_MS = 5_000;
const REQUEST_MS = 10_000;
/** For a client that does not read its response. */
const UNREAD_MS = 10_000;
const KEEP_ALIVE_MS = 5_000;

/**
 * The server of health, metrics and dashboard. Slow clients cannot keep probes out: a new connection takes the place of an idle or a slow
 * one, and one connection has one request in flight.
 */
export function createOpsServer(handle: RequestListener, onClosed: (cause: ClosedFor) => void): Server {
  const server = createServer(
    {
      headersTimeout: HEAD_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: HEAD_MS / 4,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    handle,
  );
  server.timeout = UNREAD_MS;
  serveOneAtATime(server, (_error, socket) => refuse(socket, '400 Bad Request'));
  limitConnections(server, {
    max: MAX_OPS_CONNECTIONS,
    refuse: (socket) => refuse(socket, '503 Service Unavailable'),
    onClosed,
  });
  return server;
}

const refuse = (socket: Socket, status: string): void => {
  if (!socket.writable) socket.destroy();
  else socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy());
};
