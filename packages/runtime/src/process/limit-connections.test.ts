import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '../wait-for.js';
import { limitConnections, MAX_REFUSALS_AT_ONCE, ROOM_BURST } from './limit-connections.js';
import { closeServer, listen } from './listen.js';
import { serveOneAtATime } from './one-request-at-a-time.js';

const MAX = 4;
/** More than the system takes for a client that does not read. */
const LONG = Buffer.alloc(32 * 1024 * 1024);

let server: Server;
let port: number;
let closed: string[];
let waiting: ServerResponse[];
let refuse: (socket: Socket) => void;
const sockets: Socket[] = [];

beforeEach(async () => {
  closed = [];
  waiting = [];
  refuse = (socket) => socket.end('no room', () => socket.destroy());
  server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    if (request.url === '/ok') response.end('ok');
    else if (request.url === '/unknown') response.writeHead(404).end();
    else if (request.url === '/long') response.end(LONG);
    else if (request.url === '/unknown/long') response.writeHead(404).end(LONG);
    else waiting.push(response);
  });
  serveOneAtATime(server, (_, socket) => socket.destroy());
  limitConnections(server, {
    max: MAX,
    refuse: (socket) => refuse(socket),
    onClosed: (cause) => closed.push(cause),
  });
  port = await listen(server, 0, '127.0.0.1');
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.closeAllConnections();
  await closeServer(server);
});

const bodyless = (path: string): string => `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n`;
const ARRIVING = 'POST /wait HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n1';

/** Opens a connection, sends `words`, and waits for a response where one comes at once. */
async function open(words = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  const before = waiting.length;
  if (words) socket.write(words);
  if (words === bodyless('/wait')) await waitFor(() => waiting.length > before);
  else if (words.startsWith('POST') && words !== ARRIVING) await once(socket, 'data');
  return socket;
}

const isOpen = (socket: Socket): boolean => !socket.closed && !socket.readableEnded;
const openOnes = async (all: Readonly<Record<string, Socket>>): Promise<string[]> => {
  await waitFor(() => Object.values(all).filter(isOpen).length <= MAX);
  return Object.keys(all).filter((name) => isOpen(all[name] as Socket));
};

describe('at the limit, a new connection', () => {
  it('that is the last one allowed closes none', async () => {
    for (let n = 0; n < MAX; n++) (await open()).resume();
    expect(closed).toEqual([]);
  });

  it('takes the place of the oldest that never had a 200', async () => {
    const all = {
      trusted: await open(bodyless('/ok')),
      stranger: await open(bodyless('/unknown')),
      silent: await open(),
      arriving: await open(ARRIVING),
      newest: await open(bodyless('/ok')),
    };
    Object.values(all).forEach((socket) => socket.resume());
    expect(await openOnes(all)).toEqual(['trusted', 'silent', 'arriving', 'newest']);
    const next = { ...all, another: (await open(bodyless('/ok'))).resume() };
    expect(await openOnes(next)).toEqual(['trusted', 'arriving', 'newest', 'another']);
    expect(closed).toEqual(['room', 'room']);
  });

  it('takes the place of the one that was idle for longest, else of a request that is still arriving', async () => {
    const all: Record<string, Socket> = { arriving: await open(bodyless('/ok')) };
    all['first'] = await open(bodyless('/ok'));
    all['second'] = await open(bodyless('/ok'));
    all['busy'] = await open(bodyless('/ok'));
    all['busy'].write(bodyless('/wait'));
    all['arriving']?.write(ARRIVING);
    all['first'].write(bodyless('/ok'));
    await Promise.all([once(all['first'], 'data'), waitFor(() => waiting.length === 2)]);
    const gone: (string | undefined)[] = [];
    for (const name of ['second', 'first', 'arriving']) {
      Object.values(all).forEach((socket) => socket.resume());
      all[`after ${name}`] = await open(bodyless('/wait'));
      gone.push(name);
      expect(await openOnes(all)).not.toContain(name);
    }
    expect(isOpen(all['busy'])).toBe(true);
  });

  it('takes the place of one whose response is unread: of a stranger’s before any that had a 200, else of the last', async () => {
    const all: Record<string, Socket> = { unread: await open(bodyless('/ok')) };
    all['unread']?.write(bodyless('/long'));
    all['idle'] = (await open(bodyless('/ok'))).resume();
    for (const name of ['stranger', 'later stranger']) all[name] = (await open(bodyless('/unknown/long'))).pause();
    await once(all['unread'] as Socket, 'data');
    all['unread']?.pause();
    let gone = 0;
    for (const name of ['stranger', 'later stranger', 'idle', 'unread']) {
      all[`after ${name}`] = await open(bodyless('/wait'));
      await waitFor(() => closed.length > gone);
      gone = closed.length;
      // A client that does not read does not see that its connection was closed.
      all[name]?.resume();
      expect(await openOnes(all)).not.toContain(name);
    }
    expect(closed).toEqual(['room', 'room', 'room', 'room']);
  });

  it('takes the place of a stranger whose next requests wait for their turn, and of none that had a 200', async () => {
    const trusted = (await open(bodyless('/ok'))).resume();
    for (let n = 0; n < MAX - 1; n++) (await open(bodyless('/unknown').repeat(20_000))).resume();
    for (let n = 0; n < MAX - 1; n++) {
      await open(bodyless('/wait'));
      await waitFor(() => closed.length === n + 1);
    }
    expect(isOpen(trusted)).toBe(true);
    expect(closed).toEqual(['room', 'room', 'room']);
  });

  it('is refused where all others are being answered', async () => {
    for (let n = 0; n < MAX; n++) await open(bodyless('/wait'));
    const refused = connect(port, '127.0.0.1');
    sockets.push(refused);
    refused.write(bodyless('/ok'));
    expect(String((await once(refused, 'data'))[0])).toBe('no room');
    expect(closed).toEqual(['limit']);
    waiting.forEach((response) => response.end());
    (await open(bodyless('/ok'))).resume();
    expect(closed).toEqual(['limit', 'room']);
  });
});

it('what comes faster than it can be refused is dropped', async () => {
  for (let n = 0; n < MAX; n++) await open(bodyless('/wait'));
  refuse = () => undefined;
  const flood = Array.from({ length: 20 * MAX_REFUSALS_AT_ONCE }, () =>
    connect(port, '127.0.0.1')
      .on('error', () => undefined)
      .resume(),
  );
  sockets.push(...flood);
  await waitFor(() => closed.length === flood.length);
  expect(closed.filter((cause) => cause === 'limit')).toHaveLength(MAX_REFUSALS_AT_ONCE);
  expect(closed.filter((cause) => cause === 'flood')).toHaveLength(flood.length - MAX_REFUSALS_AT_ONCE);
  expect(waiting.every(({ socket }) => socket?.destroyed === false)).toBe(true);
});

it('room is made for a burst of new connections, and then for two in a millisecond', async () => {
  const begunAt = performance.now();
  const count = 3 * ROOM_BURST;
  // Not all at once: the system accepts a few hundred before the server does.
  for (let opened = 0; opened < count; opened += 100) {
    const flood = Array.from({ length: 100 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    sockets.push(...flood.map((socket) => socket.resume()));
    await waitFor(() => closed.length >= opened + flood.length - MAX);
  }
  const [rooms, tookMs] = [closed.filter((cause) => cause === 'room').length, performance.now() - begunAt];
  expect(rooms).toBeGreaterThanOrEqual(ROOM_BURST);
  expect(rooms).toBeLessThanOrEqual(ROOM_BURST + 2 * tookMs + 1);
});
