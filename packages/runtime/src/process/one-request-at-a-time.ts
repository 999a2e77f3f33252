import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { trackConnections, type Connection } from './connections.js';

/** What is used of Node's own parser (lib/_http_server.js). It is not documented; the tests hold the pinned runtime to it. */
interface Parser {
  /** Called with the head of each request. Parsing stops where it returns HPE_PAUSED. */
  onIncoming(request: ParsedHead, keepAlive: boolean): number;
  resume(): void;
}
type ParsedHead = IncomingMessage & { upgrade: boolean };
type ParsedSocket = Socket & { readonly parser: Parser };

/** What Node's `clientError` tells: the bytes that the parser was given, and how many of them it took. */
interface ClientError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
  readonly bytesParsed?: number;
}

/** A request whose head was read while the response before it was in flight. */
interface Held {
  readonly request: ParsedHead;
  readonly keepAlive: boolean;
  /** What was read behind its head. */
  rest: Buffer;
}

/** llhttp's code for a callback that stops the parser. */
const HPE_PAUSED = 21;
/** What all connections of a server may hold unparsed. One connection holds a packet of 64 KiB, rarely two. */
const MAX_HELD_BYTES = 16 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);

/**
 * Serves the requests of a connection one by one, and at most one in a turn of the event loop (docs/adr/0022). Node alone begins every
 * request of a packet at once, more than 2,000 of the shortest. Here parsing and reading stop at the head of the next request until the
 * response before it is sent. `onClientError` is called for what else cannot be read.
 */
export function serveOneAtATime(
  server: Server,
  onClientError: (error: NodeJS.ErrnoException, socket: Socket) => void,
  maxHeldBytes = MAX_HELD_BYTES,
): void {
  const open = trackConnections(server);
  const stopped = new WeakMap<Socket, (error: ClientError) => void>();
  const budget = { heldBytes: 0, maxBytes: maxHeldBytes };
  server.on('connection', (socket: ParsedSocket) => {
    const connection = open.get(socket);
    if (connection) stopped.set(socket, takeTurns(connection, socket, budget));
  });
  server.on('clientError', (error: ClientError, socket: Socket) => {
    if (error.code === 'HPE_PAUSED') stopped.get(socket)?.(error);
    else onClientError(error, socket);
  });
}

/** Returns what to call when the connection's parser has stopped, and for bytes that come after. */
function takeTurns(
  connection: Connection,
  socket: ParsedSocket,
  budget: { heldBytes: number; readonly maxBytes: number },
) {
  const { parser } = socket;
  const begin = parser.onIncoming.bind(parser);
  let held: Held | undefined;
  let isLast = false;
  /** The parser has stopped, and it was not yet told how far it came. */
  let isStopping = false;

  const isClosed = (): boolean => socket.destroyed;
  const isHolding = (): boolean => held !== undefined;
  const release = (): Held | undefined => {
    const released = held;
    held = undefined;
    budget.heldBytes -= released?.rest.length ?? 0;
    return released;
  };
  const hold = (request: ParsedHead, keepAlive: boolean): number => {
    // Node would give the connection of a request to upgrade away, behind the back of the response in flight.
    isLast = request.upgrade;
    request.upgrade = false;
    isStopping = true;
    if (!isLast && !connection.isRefused) held = { request, keepAlive, rest: NOTHING };
    return HPE_PAUSED;
  };
  const serveHeld = (): void => {
    const next = release();
    if (!next || isClosed()) return;
    begin(next.request, next.keepAlive);
    if (isClosed()) return;
    parser.resume();
    // Node's own listener parses it. The parser may stop again.
    socket.emit('data', next.rest);
    if (!isHolding()) socket.resume();
  };

  parser.onIncoming = (request, keepAlive) => {
    if (connection.isBusy || connection.isRefused) return hold(request, keepAlive);
    connection.isBusy = true;
    return begin(request, keepAlive);
  };
  connection.afterResponse = () => {
    if (isLast) socket.destroySoon();
    if (!held) return;
    connection.isBusy = true;
    setImmediate(serveHeld);
  };
  socket.once('close', release);
  // Node resumes reading once more after it has read a request. Only its own listener of 'pause' stops the handle then.
  socket.on('resume', () => {
    if (isHolding()) socket.emit('pause');
  });
  return ({ rawPacket = NOTHING, bytesParsed = 0 }: ClientError): void => {
    socket.pause();
    if (!held) return;
    // A parser that has stopped before took nothing, and tells a number without meaning.
    const rest = isStopping ? rawPacket.subarray(bytesParsed) : rawPacket;
    isStopping = false;
    held.rest = held.rest.length > 0 ? Buffer.concat([held.rest, rest]) : rest;
    budget.heldBytes += rest.length;
    if (budget.heldBytes <= budget.maxBytes) return;
    release();
    isLast = true;
  };
}
