import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '../wait-for.js';
import { closeServer, listen } from './listen.js';
import { serveOneAtATime } from './one-request-at-a-time.js';

const PACKET_BYTES = 64 * 1024;
const GET = 'GET /get HTTP/1.1\r\nhost: x\r\n\r\n';
const post = (body: string): string =>
  `POST /post HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const chunked = (body: string): string =>
  `POST /chunked HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await closeServer(server);
  }
});

/** A server that answers with the request's path and the length of its body. Records what was handled, and the most at once. */
async function serve({ maxHeldBytes, now = true }: { maxHeldBytes?: number; now?: boolean } = {}) {
  const seen = { handled: new Array<string>(), errors: new Array<string | undefined>(), atOnce: 0, inOneTurn: 0 };
  let [inFlight, thisTurn] = [0, 0];
  const held: (() => void)[] = [];
  const handle: RequestListener = (request, response) => {
    if (thisTurn++ === 0) setImmediate(() => (thisTurn = 0));
    seen.inOneTurn = Math.max(seen.inOneTurn, thisTurn);
    seen.atOnce = Math.max(seen.atOnce, ++inFlight);
    let length = 0;
    request.on('data', (data: Buffer) => (length += data.length));
    request.on('end', () => {
      seen.handled.push(`${request.url ?? ''} ${length}`);
      const answer = (): void => {
        inFlight--;
        response.end(`<${request.url ?? ''} ${length}>`);
      };
      if (now) answer();
      else held.push(answer);
    });
  };
  const server = createServer({ keepAliveTimeout: 60_000 }, handle);
  // As the API's server has it: a client that ends its side still gets its responses.
  (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
  serveOneAtATime(
    server,
    (error, socket) => {
      seen.errors.push(error.code);
      socket.destroy();
    },
    maxHeldBytes,
  );
  const port = await listen(server, 0, '127.0.0.1');
  servers.push(server);
  return { server, port, seen, release: () => held.splice(0).forEach((answer) => answer()), held };
}

/** The bodies of all responses that come on one connection until it is closed. */
async function exchange(port: number, ...parts: string[]): Promise<string[]> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  socket.on('error', () => undefined);
  let received = '';
  socket.on('data', (data: Buffer) => (received += data.toString('latin1')));
  const closed = once(socket, 'close');
  for (const part of parts) await new Promise<void>((resolve) => socket.write(part, () => setImmediate(resolve)));
  socket.end();
  await closed;
  return received.match(/<[^>]*>/g) ?? [];
}

describe('pipelined requests', () => {
  it('are begun one by one, with turns of the event loop between them, and answered in their order', async () => {
    const { port, seen } = await serve();
    const count = Math.ceil((2.5 * PACKET_BYTES) / GET.length);
    expect(await exchange(port, GET.repeat(count))).toHaveLength(count);
    expect(seen).toMatchObject({ atOnce: 1, errors: [] });
    // One that waited, and the first of the next packet.
    expect(seen.inOneTurn).toBeLessThanOrEqual(2);
  });

  it('keep their bodies, over several packets', async () => {
    const { port } = await serve();
    const [small, large] = ['x'.repeat(7), 'x'.repeat(3 * PACKET_BYTES)];
    expect(await exchange(port, post(small) + post(large) + chunked(large) + GET + chunked(small) + post(''))).toEqual([
      ...['</post 7>', `</post ${large.length}>`, `</chunked ${large.length}>`],
      ...['</get 0>', '</chunked 7>', '</post 0>'],
    ]);
  });

  it('keep their bytes wherever a packet ends', async () => {
    const { port } = await serve();
    const text = post('abc') + chunked('defg') + GET + post('h');
    for (let at = 1; at < text.length; at++) {
      const bodies = await exchange(port, text.slice(0, at), text.slice(at));
      expect({ at, bodies }).toEqual({ at, bodies: ['</post 3>', '</chunked 4>', '</get 0>', '</post 1>'] });
    }
  });

  it('are read no further while one is in flight', async () => {
    const { port, seen, release, held } = await serve({ now: false });
    const socket = connect(port, '127.0.0.1');
    const written = { all: false };
    socket.write(GET + post('x'.repeat(50_000_000)), () => (written.all = true));
    await waitFor(() => held.length === 1);
    release();
    await waitFor(() => held.length === 1);
    expect(seen.handled).toEqual(['/get 0', '/post 50000000']);
    socket.destroy();
  });

  it('are asked to go on with their body only when it is their turn', async () => {
    const { port, seen } = await serve();
    const expecting = post('abc').replace('host: x', 'host: x\r\nexpect: 100-continue');
    expect(await exchange(port, GET + expecting + GET)).toEqual(['</get 0>', '</post 3>', '</get 0>']);
    expect(seen).toMatchObject({ atOnce: 1, errors: [] });
  });

  it('are served again on a connection that had some before', async () => {
    const { port } = await serve();
    expect(await exchange(port, GET + GET, GET, GET + GET)).toHaveLength(5);
  });

  it('end where bytes cannot be read, and the server is told', async () => {
    const { port, seen } = await serve();
    expect(await exchange(port, `${GET}${GET}HELLO\r\n\r\n`)).toEqual(['</get 0>']);
    expect(seen.errors).toEqual(['HPE_INVALID_METHOD']);
  });

  it.each([
    ['CONNECT', 'CONNECT other:1 HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['an upgrade', 'GET /h2 HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n'],
  ])('end before %s', async (_, request) => {
    const { port, seen } = await serve();
    expect(await exchange(port, GET + request + GET)).toEqual(['</get 0>']);
    expect(seen).toMatchObject({ handled: ['/get 0'], errors: [] });
  });
});

describe('bytes that wait unparsed', () => {
  const MAX = 10_000;
  const holdBytes = async (bytes: number) => {
    const server = await serve({ now: false, maxHeldBytes: MAX });
    const answers = exchange(server.port, GET + post('x'.repeat(bytes)));
    await waitFor(() => server.held.length === 1);
    server.release();
    return { ...server, answers };
  };

  it('are kept up to a limit over all connections', async () => {
    const { held, release, answers } = await holdBytes(MAX);
    await waitFor(() => held.length === 1);
    release();
    expect(await answers).toEqual(['</get 0>', `</post ${MAX}>`]);
  });

  it('beyond the limit are dropped, and the connection ends after its response', async () => {
    const { answers, seen } = await holdBytes(MAX + 1);
    expect(await answers).toEqual(['</get 0>']);
    expect(seen.handled).toEqual(['/get 0']);
  });

  it('count no more once their connection is gone', async () => {
    const { server, port, held, release } = await serve({ now: false, maxHeldBytes: MAX });
    for (let n = 0; n < 3; n++) {
      const answers = exchange(port, GET + post('x'.repeat(MAX)));
      await waitFor(() => held.length === n + 1);
      server.closeAllConnections();
      expect(await answers).toEqual([]);
    }
    held.length = 0;
    const answers = exchange(port, GET + post('x'.repeat(MAX)));
    for (let n = 0; n < 2; n++) {
      await waitFor(() => held.length === 1);
      release();
    }
    expect(await answers).toHaveLength(2);
  });
});

it('a server that closes answers the request in flight, and those behind it', async () => {
  const { port, held, release } = await serve({ now: false });
  const [server] = servers.splice(0);
  const answers = exchange(port, GET + GET);
  await waitFor(() => held.length === 1);
  const closed = closeServer(server as Server);
  for (let n = 0; n < 2; n++) {
    await waitFor(() => held.length === 1);
    release();
  }
  expect(await answers).toHaveLength(2);
  await closed;
});
