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
 * that never had a 200, then of the idle ones, then of those whose request is still arriving; of each kind, the longest unused. It is
 * refused where all are being answered, and when room was made for too many a moment ago.
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
  const kinds: [Connection[], Connection[], Connection[]] = [[], [], []];
  for (const connection of open) {
    const { isBusy, isRefused, isTrusted, response } = connection;
    const isArriving = response && !response.req.complete && !response.headersSent;
    if (connection === newest || isRefused || (isBusy && !isArriving)) continue;
    kinds[!isTrusted ? 0 : isBusy ? 2 : 1].push(connection);
  }
  return kinds.flatMap((kind) => kind.sort((a, b) => a.lastUse - b.lastUse));
}
