import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What one connection of a server is doing. */
export interface Connection {
  readonly socket: Socket;
  /** From the head of a request until its response is sent. */
  isBusy: boolean;
  /** The response to the request in flight. */
  response: ServerResponse | undefined;
  /** The latest request had its response before all of its body had come. */
  isAnsweredEarly: boolean;
  /** Whether a request had a 200: a stranger gets none. */
  isTrusted: boolean;
  /** Grows with each new connection, request and response, over all connections: the least was idle for longest. */
  lastUse: number;
  /** It was refused: requests that it sends are not read. */
  isRefused: boolean;
  /** Called when a response is sent. */
  afterResponse: (() => void) | undefined;
}

/** The open connections of each server. */
const connections = new WeakMap<Server, Map<unknown, Connection>>();
let uses = 0;

/** Records what each connection of a server is doing, from the first call on. Returns the open ones, by their socket. */
export function trackConnections(server: Server): Map<unknown, Connection> {
  const tracked = connections.get(server);
  if (tracked) return tracked;
  const open = new Map<unknown, Connection>();
  connections.set(server, open);
  server.prependListener('connection', (socket: Socket) => {
    open.set(socket, newConnection(socket));
    socket.once('close', () => open.delete(socket));
  });
  server.prependListener('request', ({ socket }, response: ServerResponse) => {
    const connection = open.get(socket);
    if (!connection) return;
    connection.isBusy = true;
    connection.lastUse = uses++;
    connection.response = response;
    connection.isAnsweredEarly = false;
    response.once('close', () => {
      // A pipelined request may have replaced this one.
      if (connection.response !== response) return;
      connection.isBusy = false;
      connection.response = undefined;
      connection.isAnsweredEarly = !response.req.complete;
      connection.isTrusted ||= response.statusCode === 200;
      connection.lastUse = uses++;
      connection.afterResponse?.();
    });
  });
  return open;
}

const newConnection = (socket: Socket): Connection => ({
  socket,
  isBusy: false,
  response: undefined,
  isAnsweredEarly: false,
  isTrusted: false,
  lastUse: uses++,
  isRefused: false,
  afterResponse: undefined,
});

/** Tells whether the connection's latest request has been read completely, or its response has begun, or was sent before the request's end. */
export function isAnswering(server: Server, socket: unknown): boolean {
  const connection = connections.get(server)?.get(socket);
  if (!connection?.response) return connection?.isAnsweredEarly ?? false;
  return connection.response.req.complete || connection.response.headersSent;
}
