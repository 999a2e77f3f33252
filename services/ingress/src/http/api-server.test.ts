import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { closeServer } from '@ardor/runtime/process/listen';
import { waitFor } from '@ardor/runtime/wait-for';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bodyOf } from '../../test/create-test-api.js';
import { connectionCount, headLines, openRaw, rawAnswers, rawPost, type RawAnswer } from '../../test/raw-http.js';
import { BIG_BYTES, MAX_CONNECTIONS, startTestApi, type TestApi } from '../../test/start-test-api.js';

const TIMES = { keepAliveMs: 1_000, headMs: 400, requestMs: 400 };
const GRACE_MS = 300;
/** How long a closing server waits for its clients (packages/runtime/src/process/listen.ts). */
const CLIENTS_MS = 1_000;

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi(TIMES);
});
afterEach(() => api.close());

const bytes = (...parts: (string | Buffer)[]): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part)));
const post = (path: string, body = '{}', headers = {}): Buffer => bytes(...rawPost(path, body, headers));
const statuses = (answers: readonly RawAnswer[]): number[] => answers.map(({ status }) => status);

describe('a refusal that node:http would send without a body', () => {
  const head = (first: string, headers: Record<string, string>): string => `${first}\r\n${headLines(headers)}\r\n`;

  it.each([
    ['an unknown Expect', head('POST /echo HTTP/1.1', { host: 'x', expect: 'more' }), 417, 'expectation_failed'],
    ['no Host', head('POST /echo HTTP/1.1', { 'content-length': '0' }), 400, 'invalid_http'],
    ['CONNECT', head('CONNECT other:443 HTTP/1.1', { host: 'x' }), 405, 'method_not_allowed'],
  ])('has its reason, with %s, and is observed', async (_, text, status, reason) => {
    const [answer] = await rawAnswers(api.server, [text]);
    expect(answer?.status).toBe(status);
    expect(answer && bodyOf(answer)).toMatchObject({ error_code: String(status), reason, sms_uid: '' });
    expect(api.observed).toEqual([`none ${status} ${reason}`]);
    expect(api.handled).toEqual([]);
  });

  it('needs no Host in HTTP/1.0', async () => {
    const [answer] = await rawAnswers(api.server, [head('POST /echo HTTP/1.0', { 'content-length': '0' })]);
    expect(answer?.status).toBe(200);
  });

  it('is no refusal where Expect is 100-continue', async () => {
    const socket = await openRaw(api.server, [post('/echo', '', { expect: '100-continue', 'content-length': '2' })]);
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 100 Continue/);
    socket.write('{}');
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 200/);
    socket.destroy();
  });
});

describe('a connection', () => {
  it('that does not read its responses is read no further', async () => {
    const slow = await startTestApi();
    const [body, requests] = ['x'.repeat(900), 20_000];
    const socket = await openRaw(slow.server, []);
    socket.pause();
    for (let n = 0; n < requests; n++) socket.write(post('/echo', body));
    let before = -1;
    await waitFor(
      () => {
        const settled = slow.observed.length > 0 && slow.observed.length === before;
        before = slow.observed.length;
        return settled;
      },
      { everyMs: 300 },
    );
    expect(slow.observed.length).toBeLessThan(requests);
    socket.destroy();
    await slow.close();
  });

  it('is closed after KEEP_ALIVE_MS without a request, and not while one is handled', async () => {
    const [idle, asked] = [await openRaw(api.server, [post('/echo')]), await openRaw(api.server, [post('/held')])];
    idle.resume();
    await once(idle, 'close');
    expect(api.inFlight()).toBe(1);
    const received = once(asked, 'data');
    api.release();
    expect(String((await received)[0])).toMatch(/keep-alive: timeout=1\r\n/i);
    await once(asked, 'close');
  });
});

describe('a new connection', () => {
  it('on which no byte comes is closed without a response', async () => {
    const socket = await openRaw(api.server, []);
    const begunAt = performance.now();
    socket.on('data', () => api.observed.push('a response'));
    await once(socket, 'close');
    expect(performance.now() - begunAt).toBeGreaterThanOrEqual(TIMES.headMs - 50);
    expect({ closed: api.closed, observed: api.observed }).toEqual({ closed: ['silence'], observed: [] });
  });

  it('on which the head does not come to its end is told so', async () => {
    const [answer] = await rawAnswers(api.server, ['P']);
    expect(answer?.status).toBe(408);
    expect(api.observed).toEqual(['none 408 request_too_slow']);
  });

  it('at the limit is refused while all others are being answered', async () => {
    const roomy = await startTestApi({}, { maxInFlight: MAX_CONNECTIONS });
    const held = Array.from({ length: MAX_CONNECTIONS }, () => rawAnswers(roomy.server, [post('/held')]));
    await waitFor(() => roomy.inFlight() === MAX_CONNECTIONS);
    const [refused] = await rawAnswers(roomy.server, [post('/echo')]);
    expect(refused).toMatchObject({ status: 503, headers: { connection: 'close', 'retry-after': '1' } });
    expect(refused && bodyOf(refused)).toMatchObject({ reason: 'overloaded' });
    expect({ closed: roomy.closed, observed: roomy.observed }).toEqual({
      closed: ['limit'],
      observed: ['none 503 overloaded'],
    });
    roomy.release();
    expect(statuses((await Promise.all(held)).flat())).toEqual(held.map(() => 200));
    await roomy.close();
  });
});

it('a client that ends its sending side gets its response', async () => {
  const socket = await openRaw(api.server, []);
  let received = '';
  socket.on('data', (data: Buffer) => (received += data.toString()));
  const closed = once(socket, 'close');
  socket.end(bytes(post('/held'), post('/echo')));
  for (const handled of [1, 2]) {
    await waitFor(() => api.handled.length === handled);
    api.release();
  }
  await closed;
  expect(received.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
});

describe('a body that does not come to its end', () => {
  const [head] = rawPost('/echo', '12345');

  it('is waited for until REQUEST_MS, and then refused', async () => {
    const [answer] = await rawAnswers(api.server, [head, '1234']);
    expect(answer).toMatchObject({ status: 408, headers: { connection: 'close' } });
    expect(answer && bodyOf(answer)).toMatchObject({ reason: 'request_too_slow' });
    expect(api.observed).toEqual(['none 408 request_too_slow']);
    const socket = await openRaw(api.server, [head, '1234']);
    await setTimeout(TIMES.requestMs / 3);
    socket.write('5');
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 200/);
    socket.destroy();
  });

  it.each([
    ['does not come to its end', 'content-length: 5', '1234'],
    ['cannot be read', 'transfer-encoding: chunked', 'no length\r\n'],
  ])('gets no second response where it was answered before it %s', async (_, framing, body) => {
    const socket = await openRaw(api.server, [`POST /nothing HTTP/1.1\r\nhost: x\r\n${framing}\r\n\r\n`]);
    let received = '';
    socket.on('data', (data: Buffer) => (received += data.toString()));
    const closed = once(socket, 'close');
    await waitFor(() => received.includes('route_unknown'));
    socket.write(body);
    await closed;
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 404']);
    expect(api.closed).toEqual(['broken']);
  });

  it('because its client has ended, is told so', async () => {
    const socket = await openRaw(api.server, [head, '1234']);
    const received = once(socket, 'data');
    socket.end();
    expect(String((await received)[0])).toMatch(/^HTTP\/1.1 400[^]*invalid_http/);
    await once(socket, 'close');
    expect(api.handled).toEqual([]);
  });
});

describe('a server that closes', () => {
  it('answers the requests it has read, and closes idle connections', async () => {
    const [idle, used] = [await openRaw(api.server, []), await openRaw(api.server, [post('/echo')])];
    await once(used, 'data');
    const asked = rawAnswers(api.server, [post('/held')]);
    await waitFor(() => api.inFlight() === 1);
    api.drain(true);
    const closed = closeServer(api.server, GRACE_MS);
    await Promise.all([once(idle, 'close'), once(used.resume(), 'close'), waitFor(() => api.inFlight() === 1)]);
    api.release();
    expect((await asked)[0]).toMatchObject({ status: 200, headers: { connection: 'close' } });
    await closed;
  });

  it('waits for a request that is handled for longer than clients are waited for', async () => {
    const asked = rawAnswers(api.server, [post('/held')]);
    await waitFor(() => api.inFlight() === 1);
    const closed = closeServer(api.server);
    await setTimeout(CLIENTS_MS + 200);
    api.release();
    expect((await asked)[0]?.status).toBe(200);
    await closed;
  });

  it('cuts off a request that does not arrive', async () => {
    const slow = await startTestApi({ requestMs: 60_000 });
    const arriving = await openRaw(slow.server, ['POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n1']);
    await waitFor(() => connectionCount(slow.server).then((count) => count === 1));
    const cutOff = new Promise((resolve) => arriving.once('close', resolve));
    await closeServer(slow.server);
    await cutOff;
    await slow.close();
  });

  it('answers a request that was on its way when the close began', async () => {
    const socket = await openRaw(api.server, [post('/echo')]);
    await once(socket, 'data');
    api.drain(true);
    const closed = closeServer(api.server, GRACE_MS);
    await setTimeout(GRACE_MS / 3);
    socket.write(post('/echo'));
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 200[^]*connection: close\r\n/i);
    await closed;
  });
});

describe('a response that its client does not read', () => {
  const ask = async (): Promise<Socket> => {
    const socket = await openRaw(api.server, []);
    socket.pause().write(post('/big'));
    await waitFor(() => api.observed.length > 0);
    return socket;
  };

  it('is waited for by a server that closes', async () => {
    const socket = await ask();
    const closed = closeServer(api.server);
    let received = 0;
    socket.on('data', (data: Buffer) => (received += data.length)).resume();
    await once(socket, 'close');
    expect(received).toBeGreaterThan(BIG_BYTES);
    await closed;
  });

  it('is waited for until UNREAD_MS, and then cut off', async () => {
    const impatient = await startTestApi({ unreadMs: 300 });
    const socket = await openRaw(impatient.server, []);
    socket.pause().write(post('/big'));
    await waitFor(() => impatient.observed.length > 0);
    await waitFor(() => connectionCount(impatient.server).then((count) => count === 0));
    socket.destroy();
    await impatient.close();
  });

  it('is not waited for without end by a server that closes', async () => {
    const socket = await ask();
    await closeServer(api.server);
    socket.destroy();
  });
});

it('answers pipelined requests in their order', async () => {
  const answers = await rawAnswers(api.server, [bytes(post('/echo', '1'), post('/echo', '2'), post('/busy'))], 3);
  expect(statuses(answers)).toEqual([200, 200, 503]);
});
