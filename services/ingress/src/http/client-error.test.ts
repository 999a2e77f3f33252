import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { waitFor } from '@ardor/runtime/wait-for';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connectionCount, openRaw, portOf, rawAnswers, type RawAnswer } from '../../test/raw-http.js';
import { isAnswering, trackConnections } from '@ardor/runtime/process/connections';
import { createClientErrorHandler } from './client-error.js';

const MOST_HEADER_BYTES = 2_000;
const REQUEST_MS = 200;

const servers: Server[] = [];
/** Refusals that metrics and logs were told: status and reason. */
const observed: string[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
  observed.length = 0;
});

/** A server that answers what it has read with 200, begins to answer before, or answers when nobody waits any more. */
async function serve(answers: 'read' | 'before' | 'later' = 'read'): Promise<Server> {
  const options = {
    ...{ maxHeaderSize: MOST_HEADER_BYTES, requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS },
    connectionsCheckingInterval: 20,
  };
  const server = createServer(options, (request, response) => {
    if (answers === 'before') response.write('begun');
    else if (answers === 'read') request.resume().once('end', () => response.end('{}'));
  });
  trackConnections(server);
  server.on(
    'clientError',
    createClientErrorHandler({
      isAnswering: (socket) => isAnswering(server, socket),
      onCut: (cause) => void observed.push(cause),
      observe: ({ status, reason }) => void observed.push(`${status} ${reason}`),
    }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server.unref());
  return server;
}

const answered = async (server: Server, text: string): Promise<RawAnswer | undefined> =>
  (await rawAnswers(server, [text]))[0];
const HEAD = 'POST / HTTP/1.1\r\nhost: x\r\n';
const headers = (bytes: number): string => `${HEAD}x: ${'y'.repeat(bytes)}\r\ncontent-length: 0\r\n\r\n`;

describe('what cannot be read as HTTP', () => {
  it.each([
    ['is no HTTP', 'HELLO\r\n\r\n', 400, 'invalid_http'],
    ['has two lengths', `${HEAD}content-length: 1\r\ncontent-length: 2\r\n\r\n{}`, 400, 'invalid_http'],
    ['has too many bytes of headers', headers(MOST_HEADER_BYTES), 431, 'headers_too_large'],
    ['does not come to its end', `${HEAD}content-length: 5\r\n\r\n{}`, 408, 'request_too_slow'],
  ])('because it %s, is told so', async (_, text, status, reason) => {
    const answer = await answered(await serve(), text);
    const body = JSON.parse(answer?.body ?? '') as Record<string, string>;
    expect({ status: answer?.status, body }).toEqual({
      status,
      body: {
        ...{ sms_uid: '', status: 'error', error_code: String(status), reason },
        ...{ message: expect.any(String), request_id: answer?.headers['x-request-id'] },
      },
    });
    expect(answer?.headers).toMatchObject({ connection: 'close', 'cache-control': 'no-store' });
    expect(observed).toEqual([`${status} ${reason}`]);
  });

  it('has as many bytes of headers as it may', async () => {
    expect((await answered(await serve(), headers(MOST_HEADER_BYTES - 100)))?.status).toBe(200);
  });

  it('is closed after its answer, also by a client that keeps its side', async () => {
    const server = await serve();
    const socket = connect({ port: portOf(server), host: '127.0.0.1', allowHalfOpen: true });
    socket.write('HELLO\r\n\r\n');
    const [received] = (await once(socket, 'data')) as [Buffer];
    expect(String(received)).toContain('invalid_http');
    await waitFor(() => connectionCount(server).then((count) => count === 0));
    socket.destroy();
  });

  it('is cut off where a request before it is being answered, which goes on', async () => {
    const server = await serve('later');
    const socket = await openRaw(server, [`${HEAD}content-length: 0\r\n\r\nHELLO\r\n\r\n`]);
    let received = '';
    socket.on('data', (data: Buffer) => (received += data.toString()));
    await once(socket, 'close');
    expect(received).toBe('');
  });

  it('is cut off where an answer has begun', async () => {
    const server = await serve('before');
    const socket = await openRaw(server, [`${HEAD}content-length: 0\r\n\r\n`]);
    let received = '';
    socket.on('data', (data: Buffer) => (received += data.toString()));
    await once(socket, 'data');
    socket.write('HELLO\r\n\r\n');
    await once(socket, 'close');
    expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});
