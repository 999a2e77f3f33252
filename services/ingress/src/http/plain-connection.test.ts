import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { closeServer } from '@ardor/runtime/process/listen';
import { waitFor } from '@ardor/runtime/wait-for';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectionCount, headLines, openRaw, rawAnswers, rawPost, type RawAnswer } from '../../test/raw-http.js';
import { BIG_BYTES, startTestAdapter, type TestAdapter } from '../../test/test-adapters.js';

const TIMES = { keepAliveMs: 1_000, requestMs: 300 };

let adapter: TestAdapter;
beforeEach(async () => {
  adapter = await startTestAdapter('sockets', TIMES);
});
afterEach(() => adapter.close());

const bytes = (...parts: (string | Buffer)[]): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part)));
const plain = (path: string, body = '{}'): Buffer => bytes(...rawPost(path, body));
const chunked = (path: string): string =>
  `POST ${path} HTTP/1.1\r\n${headLines({ host: 'x', 'transfer-encoding': 'chunked' })}\r\n2\r\n{}\r\n0\r\n\r\n`;
const json = ({ body }: RawAnswer): Record<string, unknown> => JSON.parse(body) as Record<string, unknown>;
const statuses = (answers: readonly RawAnswer[]): number[] => answers.map(({ status }) => status);

describe('a connection', () => {
  it('goes to node:http at its first request that is not plain, for good, and nothing is lost', async () => {
    const parts = [plain('/echo', '1'), plain('/echo', '2'), chunked('/echo'), plain('/echo', '4')];
    for (const packets of [parts, [bytes(...parts)]]) {
      adapter.left.length = 0;
      const answers = await rawAnswers(adapter.server, packets, 4);
      expect(answers.map((answer) => json(answer)['body'])).toEqual(['1', '2', '{}', '4']);
      expect(adapter.left).toEqual(['POST /echo', 'POST /echo']);
    }
  });

  it('goes to node:http with a head of more than one packet, or of more bytes than Node allows', async () => {
    const long = (length: number) => plainWith({ x: 'y'.repeat(length) });
    expect(statuses(await rawAnswers(adapter.server, [long(16_000)]))).toEqual([200]);
    expect(adapter.left).toEqual([]);
    const socket = await openRaw(adapter.server, [plain('/echo')]);
    await once(socket, 'data');
    const request = plain('/echo');
    socket.write(request.subarray(0, 40));
    await setTimeout(100);
    socket.write(request.subarray(40));
    await once(socket, 'data');
    socket.destroy();
    expect(adapter.left).toEqual(['POST /echo']);
    const [answer] = await rawAnswers(adapter.server, [long(16_384)]);
    expect(answer && json(answer)).toMatchObject({ error_code: '431', reason: 'headers_too_large' });
  });

  it('has one request handled after the other', async () => {
    const socket = await openRaw(adapter.server, [plain('/held'), plain('/held'), plain('/held')]);
    await waitFor(() => adapter.inFlight() === 1);
    adapter.release();
    await waitFor(() => adapter.handled.length === 2 && adapter.inFlight() === 1);
    adapter.release();
    await waitFor(() => adapter.handled.length === 3);
    adapter.release();
    await waitFor(() => adapter.observed.length === 3);
    socket.destroy();
  });

  it('has nothing handled after its last answer', async () => {
    const socket = await openRaw(adapter.server, []);
    socket.pause().write(bytes(...rawPost('/big', '{}', { connection: 'close' })));
    await waitFor(() => adapter.observed.length > 0);
    socket.write(plain('/echo'));
    await setTimeout(100);
    let received = 0;
    socket.on('data', (data: Buffer) => (received += data.length)).resume();
    await once(socket, 'close');
    expect(received).toBeGreaterThan(BIG_BYTES);
    expect(adapter.observed).toEqual(['/big 200 ok']);
  });

  it('that does not read its answers is read no further', async () => {
    const [body, requests] = ['x'.repeat(900), 20_000];
    const socket = await openRaw(adapter.server, []);
    socket.pause();
    for (let n = 0; n < requests; n++) socket.write(plain('/echo', body));
    let before = -1;
    await waitFor(
      () => {
        const settled = adapter.handled.length > 0 && adapter.handled.length === before;
        before = adapter.handled.length;
        return settled;
      },
      { withinMs: 20_000, everyMs: 300 },
    );
    expect(adapter.handled.length).toBeLessThan(requests);
    socket.resume();
    await waitFor(() => adapter.handled.length === requests);
    socket.destroy();
  });

  it('may be closed on one side: the request before is answered, and then the other side is', async () => {
    const answers = rawAnswers(adapter.server, [plain('/held')]);
    await waitFor(() => adapter.inFlight() === 1);
    const socket = await openRaw(adapter.server, [plain('/held')]);
    const received = once(socket, 'data');
    socket.end();
    await waitFor(() => adapter.inFlight() === 2);
    adapter.release();
    expect(String((await received)[0])).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*connection: close\r\n/);
    await once(socket, 'close');
    expect(statuses(await answers)).toEqual([200]);
  });

  it('is closed after KEEP_ALIVE_MS without a request, and not while one is under way', async () => {
    const startedAt = performance.now();
    const [idle, asked] = [await openRaw(adapter.server, []), await openRaw(adapter.server, [plain('/held')])];
    await once(idle, 'close');
    expect(performance.now() - startedAt).toBeGreaterThan(TIMES.keepAliveMs - 100);
    expect(adapter.inFlight()).toBe(1);
    const received = once(asked, 'data');
    adapter.release();
    expect(String((await received)[0])).toMatch(/keep-alive: timeout=1\r\n/);
    await once(asked, 'close');
  });
});

describe('a body that does not come to its end', () => {
  const [head] = rawPost('/echo', '12345');

  it('is waited for, and then refused', async () => {
    const [answer] = await rawAnswers(adapter.server, [head, '1234']);
    expect(answer).toMatchObject({ status: 408, headers: { connection: 'close' } });
    expect(answer && json(answer)).toMatchObject({ reason: 'request_too_slow' });
    const startedAt = performance.now();
    const socket = await openRaw(adapter.server, [head, '1234']);
    await setTimeout(TIMES.requestMs / 3);
    socket.write('5');
    const [received] = (await once(socket, 'data')) as [Buffer];
    expect(String(received)).toMatch(/^HTTP\/1.1 200/);
    expect(performance.now() - startedAt).toBeGreaterThan(TIMES.requestMs / 4);
    socket.destroy();
  });

  it('because its client has ended, is told so', async () => {
    const socket = await openRaw(adapter.server, [head, '1234']);
    const received = once(socket, 'data');
    socket.end();
    expect(String((await received)[0])).toMatch(/^HTTP\/1.1 400[^]*invalid_http/);
    await once(socket, 'close');
    expect(adapter.handled).toEqual([]);
  });
});

describe('a server that closes', () => {
  it('closes idle connections, answers what it has read, and cuts off what does not arrive', async () => {
    const idle = await openRaw(adapter.server, []);
    const used = await openRaw(adapter.server, [plain('/echo')]);
    await once(used, 'data');
    const asked = rawAnswers(adapter.server, [plain('/held')]);
    const slow = await startTestAdapter('sockets', { keepAliveMs: 60_000, requestMs: 60_000 });
    const arriving = await openRaw(slow.server, ['POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n1']);
    await waitFor(() => adapter.inFlight() === 1);
    adapter.drain(true);
    const closed = closeServer(adapter.server);
    await Promise.all([once(idle, 'close'), once(used, 'close')]);
    expect(adapter.inFlight()).toBe(1);
    adapter.release();
    expect((await asked)[0]).toMatchObject({ status: 200, headers: { connection: 'close' } });
    await closed;
    const cutOff = once(arriving, 'close');
    await closeServer(slow.server);
    await cutOff;
    await slow.close();
  });
});

it('answers a request that was on the wire when the server began to close', async () => {
  const socket = await openRaw(adapter.server, [plain('/echo')]);
  await once(socket, 'data');
  adapter.drain(true);
  const closed = closeServer(adapter.server);
  await setTimeout(100);
  socket.write(plain('/echo'));
  const [received] = (await once(socket, 'data')) as [Buffer];
  expect(String(received)).toMatch(/^HTTP\/1.1 200[^]*connection: close\r\n/);
  await closed;
});

describe('an answer that its client has not taken', () => {
  const ask = async (): Promise<Socket> => {
    const socket = await openRaw(adapter.server, []);
    socket.pause().write(plain('/big'));
    await waitFor(() => adapter.observed.length > 0);
    return socket;
  };

  it('is waited for by a server that closes', async () => {
    const socket = await ask();
    const closed = closeServer(adapter.server);
    let received = 0;
    socket.on('data', (data: Buffer) => (received += data.length)).resume();
    await once(socket, 'close');
    expect(received).toBeGreaterThan(BIG_BYTES);
    await closed;
  });

  it('is not waited for without end', async () => {
    const socket = await ask();
    await closeServer(adapter.server);
    socket.destroy();
  });

  it('ends with its connection after KEEP_ALIVE_MS in which nothing of it was taken', async () => {
    const socket = await ask();
    await waitFor(() => connectionCount(adapter.server).then((count) => count === 0));
    socket.destroy();
  });
});

const plainWith = (headers: Record<string, string>): Buffer => bytes(...rawPost('/echo', '{}', headers));
