import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { closeServer, listen } from '../process/listen.js';
import { waitFor } from '../wait-for.js';
import { createOpsServer, MAX_OPS_CONNECTIONS } from './ops-server.js';

/** More than the system takes for a client that does not read. */
const LONG = Buffer.alloc(8 * 1024 * 1024);

let server: Server;
let port: number;
let closed: string[];
let handled: number;
const sockets: Socket[] = [];
beforeEach(async () => {
  [closed, handled] = [[], 0];
  server = createOpsServer(
    (request, response) => {
      handled++;
      response.end(request.url === '/long' ? LONG : 'ok');
    },
    (cause) => closed.push(cause),
  );
  port = await listen(server, 0, '127.0.0.1');
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.closeAllConnections();
  await closeServer(server);
});

async function open(words = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  socket.write(words);
  return socket;
}
const GET = 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n';
const firstLine = async (socket: Socket): Promise<string> =>
  String((await once(socket, 'data'))[0]).split('\r\n', 1)[0] ?? '';

it.each([
  ['send nothing', ''],
  ['send half a head', 'GET /metrics HTTP/1.1\r\nhost: x\r\n'],
  ['send half a body', 'POST /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n1'],
])('a probe is answered while all connections are taken by clients that %s', async (_, words) => {
  for (let n = 0; n < MAX_OPS_CONNECTIONS; n++) (await open(words)).resume();
  expect(closed).toEqual([]);
  for (let n = 0; n < 3; n++) {
    expect(await firstLine(await open(GET))).toBe('HTTP/1.1 200 OK');
  }
  expect(closed).toContain('room');
});

it('a probe is answered while all connections are taken by clients that do not read their response', async () => {
  for (let n = 0; n < MAX_OPS_CONNECTIONS; n++) (await open('GET /long HTTP/1.1\r\nhost: x\r\n\r\n')).pause();
  await waitFor(() => handled === MAX_OPS_CONNECTIONS);
  expect(await firstLine(await open(GET))).toBe('HTTP/1.1 200 OK');
  expect(closed).toContain('room');
});

it('serves pipelined requests one by one, and refuses what is not HTTP', async () => {
  const socket = await open(GET.repeat(1_000));
  await once(socket, 'data');
  expect(handled).toBeLessThan(1_000);
  socket.destroy();
  expect(await firstLine(await open('HELLO\r\n\r\n'))).toBe('HTTP/1.1 400 Bad Request');
});
