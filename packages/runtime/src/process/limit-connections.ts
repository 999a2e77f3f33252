import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { trackConnections, type Connection } from './connections.js';

/** Why a connection was closed: to make room, or because there was none, with a response or without. */
export type ClosedFor = 'room' | 'limit' | 'flood';

export interface ConnectionLimit {
  readonly max: number;
  /** Tells a new connection that there is no room, and ends it. */
  readonly refuse: (socket: Socket) => void;
  readonly onClosed: (cause: ClosedFor) => void;
}

/** So many may be about to be refused at the same time. Node closes what comes beyond, without a word and at a tenth of the cost. */
export const MAX_REFUSALS_AT_ONCE = 8;
/** Room is made for so many in a millisecond, and in a burst: a new connection costs 0.2 ms, and a flood must not take all time. */
const ROOM_PER_MS = 2;
export const ROOM_BURST = 400;
/** The share of connections that is closed at once: to find them costs a look at all. */
const ROOM_SHARE = 0.02;

/**
 * Bounds the open connections of a server. At the limit, a new connection takes the place of one for which nothing is done: first of those
 * that never had a 200, the ones that do not read their response last. Then of the others: the idle ones, those whose request is still
 * arriving, those that do not read. Of each kind, the longest unused goes first. It is refused where all are being answered, and when room
 * was made for too many a moment ago.
 */
export function limitConnections(server: Server, { max, refuse, onClosed }: ConnectionLimit): void {
  const open = trackConnections(server);
  server.maxConnections = max + MAX_REFUSALS_AT_ONCE;
  server.on('drop', () => onClosed('flood'));
  const atOnce = Math.ceil(max * ROOM_SHARE);
  let [room, roomAt] = [ROOM_BURST, performance.now()];
  const makeRoom = (newest: Connection | undefined): boolean => {
    const now = performance.now();
    room = Math.min(Math.max(ROOM_BURST, atOnce), room + (now - roomAt) * ROOM_PER_MS);
    roomAt = now;
    if (room < atOnce) return false;
    room -= atOnce;
    const closed = replaceable(open.values(), newest).slice(0, atOnce);
    for (const { socket } of closed) {
      open.delete(socket);
      socket.destroy();
      onClosed('room');
    }
    return closed.length > 0;
  };
  server.on('connection', (socket: Socket) => {
    if (open.size <= max) return;
    const newest = open.get(socket);
    if (makeRoom(newest) || !newest) return;
    newest.isRefused = true;
    refuse(socket);
    onClosed('limit');
  });
}

/** Those that may be closed, in the order in which they are. */
function replaceable(open: Iterable<Connection>, newest: Connection | undefined): Connection[] {
  const kinds: [Connection[], Connection[], Connection[], Connection[], Connection[]] = [[], [], [], [], []];
  for (const connection of open) {
    const { isBusy, isRefused, isTrusted, response } = connection;
    // Its next request waits for its turn.
    const isWaiting = isBusy && !response;
    const isArriving = response && !response.req.complete && !response.headersSent;
    // The handler is done. A client that reads has its response at once, and its connection is busy no more.
    const isUnread = response?.writableEnded;
    if (connection === newest || isRefused || (isBusy && !isWaiting && !isArriving && !isUnread)) continue;
    if (!isTrusted) kinds[isUnread ? 1 : 0].push(connection);
    else kinds[isUnread ? 4 : isBusy ? 3 : 2].push(connection);
  }
  return kinds.flatMap((kind) => kind.sort((a, b) => a.lastUse - b.lastUse));
}
