import { once } from 'node:events';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { isUuid } from '@ardor/domain/uuid7';
import { eventually } from '@ardor/testkit/eventually';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectionCount, headLines, openRaw, rawAnswers, rawPost, type RawAnswer } from '../testing/raw-http.js';
import { MAX_BYTES, MAX_IN_FLIGHT, startTestAdapter, type TestAdapter } from '../testing/test-adapters.js';

const ID = 'a-request.id_42';
const WITH_ID = { 'x-request-id': ID };

describe.each(['sockets', 'Express'] as const)('the adapter of %s', (kind) => {
  let adapter: TestAdapter;
  beforeAll(async () => {
    adapter = await startTestAdapter(kind);
  });
  afterAll(() => adapter.close());
  beforeEach(() => {
    for (const list of [adapter.handled, adapter.observed, adapter.left]) list.length = 0;
  });

  const post = async (path: string, body: string | Buffer = '{}', headers = {}): Promise<RawAnswer> =>
    only(await rawAnswers(adapter.server, rawPost(path, body, headers)));
  const postChunked = (path: string, body: string) =>
    rawAnswers(adapter.server, [
      `POST ${path} HTTP/1.1\r\n${headLines({ host: 'x', 'transfer-encoding': 'chunked' })}\r\n`,
      `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    ]).then(only);
  const reasonOf = ({ body }: RawAnswer): unknown => (JSON.parse(body) as { reason?: string }).reason;
  const seen = ({ body }: RawAnswer) => JSON.parse(body) as Record<string, unknown>;

  it('writes this head, and what the handler said', async () => {
    const { headers, status, body } = await post('/echo', '{"ü":1}', { ...WITH_ID, authorization: 'Basic x' });
    const { date, 'keep-alive': keepAlive, ...rest } = headers;
    expect(rest).toEqual({
      ...{ 'cache-control': 'no-store', 'x-request-id': ID, connection: 'keep-alive' },
      ...{ 'content-type': 'application/json; charset=utf-8', 'content-length': String(Buffer.byteLength(body)) },
    });
    expect([date, keepAlive].every(Boolean)).toBe(true);
    expect({ status, body: JSON.parse(body) as unknown }).toEqual({
      status: 200,
      body: { id: ID, contentType: 'application/json', authorization: 'Basic x', params: {}, body: '{"ü":1}' },
    });
    expect(adapter.observed).toEqual(['/echo 200 ok']);
  });

  it('writes a refusal with its Retry-After, and a bug without its cause', async () => {
    const busy = await post('/busy', '{}', WITH_ID);
    expect(busy).toMatchObject({ status: 503, headers: { 'retry-after': '5', 'x-request-id': ID } });
    expect(seen(busy)).toMatchObject({ error_code: '503', reason: 'overloaded', request_id: ID });
    const broken = await post('/broken');
    expect({ status: broken.status, reason: reasonOf(broken) }).toEqual({ status: 500, reason: 'internal_error' });
    expect(broken.body).not.toContain('secret');
    expect(adapter.observed).toEqual(['/busy 503 overloaded', '/broken 500 internal_error']);
    expect(adapter.inFlight()).toBe(0);
  });

  it.each([
    ['eight letters', 'abcdefgh', true],
    ['seven', 'abcdefg', false],
    ['sixty-four', 'x'.repeat(64), true],
    ['sixty-five', 'x'.repeat(65), false],
    ['a slash', 'abcd/efgh', false],
    ['a second one', 'abcdefgh\r\nx-request-id: abcdefgh', false],
  ])('takes the caller’s request id where it is fit: %s', async (_, given, taken) => {
    const answer = await post('/echo', '{}', { 'x-request-id': given });
    const id = answer.headers['x-request-id'] ?? '';
    expect(taken ? id === given : isUuid(id)).toBe(true);
    expect(seen(answer)['id']).toBe(id);
  });

  it('closes the connection after its answer once shutdown has begun', async () => {
    adapter.drain(true);
    const answers = [await post('/echo'), await post('/busy'), await post('/nothing')];
    adapter.drain(false);
    expect(answers.map(({ headers }) => headers['connection'])).toEqual(['close', 'close', 'close']);
  });

  it.each([
    ['asks for it', 'HTTP/1.1', { connection: 'close' }],
    ['speaks HTTP/1.0', 'HTTP/1.0', {}],
  ])('closes the connection after its answer to a client that %s', async (_, version, headers) => {
    const [head, body] = rawPost('/echo', '{}', headers);
    const socket = await openRaw(adapter.server, [head.replace('HTTP/1.1', version), body]);
    const received = once(socket, 'data');
    const closed = once(socket, 'close');
    expect(String((await received)[0])).toMatch(/^HTTP\/1.1 200[^]*connection: close\r\n/i);
    await closed;
  });

  describe('a body', () => {
    it('may come in many packets, cut inside a character', async () => {
      const text = '{"a":"äöü😀"}';
      const [head, body] = rawPost('/echo', text);
      const answer = await rawAnswers(adapter.server, [head.slice(0, 9), head.slice(9), ...cut(body)]);
      expect(seen(only(answer))['body']).toBe(text);
    });

    it.each([
      ['of length 0', { 'content-length': '0' }],
      ['of no told length', {}],
    ])('%s is empty', async (_, headers) => {
      const head = `POST /echo HTTP/1.1\r\n${headLines({ host: 'x', ...headers })}\r\n`;
      expect(seen(only(await rawAnswers(adapter.server, [head])))).toMatchObject({ body: '' });
    });

    it('may be as long as allowed and not longer, also in chunks', async () => {
      const [fits, exceeds] = ['é'.repeat(MAX_BYTES / 2), 'é'.repeat(MAX_BYTES / 2) + 'x'];
      for (const answer of [await post('/echo', fits), await postChunked('/echo', fits)])
        expect(seen(answer)['body']).toBe(fits);
      for (const answer of [await post('/echo', exceeds, WITH_ID), await postChunked('/echo', exceeds)])
        expect({ status: answer.status, reason: reasonOf(answer) }).toEqual({ status: 413, reason: 'body_too_large' });
      expect(adapter.handled).toHaveLength(2);
    });

    it('that is longer is read to its end, so that the connection goes on after its refusal', async () => {
      const [head, body] = rawPost('/echo', 'x'.repeat(MAX_BYTES + 1));
      const answers = await rawAnswers(adapter.server, [head, body, ...rawPost('/echo', '{}')], 2);
      expect(answers.map(({ status }) => status)).toEqual([413, 200]);
    });

    it('may be compressed; its length is that of its content', async () => {
      const gzip = (text: string) => post('/echo', gzipSync(text), { 'content-encoding': 'gzip' });
      expect(seen(await gzip('{"a":1}'))['body']).toBe('{"a":1}');
      expect((await gzip(' '.repeat(MAX_BYTES))).status).toBe(200);
      expect((await gzip(' '.repeat(MAX_BYTES + 1))).status).toBe(413);
      const unknown = await post('/echo', '{}', { 'content-encoding': 'x' });
      expect({ status: unknown.status, reason: reasonOf(unknown) }).toEqual({
        ...{ status: 415, reason: 'unsupported_media_type' },
      });
      expect((await post('/echo', '{}', { 'content-encoding': 'identity' })).status).toBe(200);
    });

    it.each([
      ['gzip that is none', 'gzip', Buffer.from('{}')],
      ['gzip without its end', 'gzip', gzipSync('{"a":1}').subarray(0, -12)],
      ['deflate that is none', 'deflate', Buffer.from('{}')],
      ['Brotli that is none', 'br', Buffer.from('{}{}{}{}')],
      ['Brotli without its end', 'br', brotliCompressSync('{"a":1}').subarray(0, -2)],
    ])('is refused as %s', async (_, coding, body) => {
      const answer = await post('/echo', body, { 'content-encoding': coding });
      expect([answer.status, seen(answer)['reason'], seen(answer)['message']]).toEqual([
        ...[400, 'invalid_request', 'The body is not what its Content-Encoding says.'],
      ]);
    });

    it.each([
      ['a told length', rawPost('/echo', 'x'.repeat(500)).map((part) => part.slice(0, 200))],
      [
        'chunks',
        [`POST /echo HTTP/1.1\r\n${headLines({ host: 'x', 'transfer-encoding': 'chunked' })}\r\n`, '3\r\nabc\r\n'],
      ],
    ])('that breaks off, of %s, is neither handled nor counted', async (_, parts) => {
      const socket = await openRaw(adapter.server, parts);
      await eventually(() => connectionCount(adapter.server).then((count) => count > 0));
      socket.destroy();
      await eventually(() => connectionCount(adapter.server).then((count) => count === 0));
      expect((await post('/echo')).status).toBe(200);
      expect(adapter.handled).toHaveLength(1);
      expect(adapter.observed).toEqual(['/echo 200 ok']);
      expect(adapter.inFlight()).toBe(0);
    });
  });

  describe('a request under way', () => {
    it('counts until its handler is done, also when its client has left', async () => {
      const socket = await openRaw(adapter.server, rawPost('/held', '{}'));
      await eventually(() => adapter.inFlight() === 1);
      socket.resetAndDestroy();
      await eventually(() => connectionCount(adapter.server).then((count) => count === 0));
      expect(adapter.inFlight()).toBe(1);
      adapter.release();
      await eventually(() => adapter.inFlight() === 0);
    });

    it('leaves room for so many others and no more', async () => {
      const held = Array.from({ length: MAX_IN_FLIGHT }, () => post('/held'));
      await eventually(() => adapter.inFlight() === MAX_IN_FLIGHT);
      const refused = await post('/echo');
      expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
      expect(reasonOf(refused)).toBe('overloaded');
      adapter.release();
      expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(adapter.inFlight()).toBe(0);
    });

    it('is answered in its turn on a connection that has asked more meanwhile', async () => {
      const bodies = ['1', '2', '3'];
      const all = ['/held', '/echo', '/echo'].map((path, n) =>
        Buffer.concat(rawPost(path, bodies[n] ?? '').map((part) => Buffer.from(part))),
      );
      const answers = rawAnswers(adapter.server, [Buffer.concat(all)], 3);
      await eventually(() => adapter.inFlight() > 0);
      adapter.release();
      expect((await answers).map((answer) => seen(answer)['body'])).toEqual(bodies);
    });
  });

  describe('a path', () => {
    it.each([
      ['/things/a-b_C/t0', { id: 'a-b_C', token: 't0' }],
      ['/things/a%2Fb/t', { id: 'a/b', token: 't' }],
      ['/things/%C3%BC/t/', { id: 'ü', token: 't' }],
      ['/things/__proto__/t', { id: '__proto__', token: 't' }],
      ['/things/a/b?c=d', { id: 'a', token: 'b' }],
      ['/echo/', {}],
      ['/ECHO', {}],
      ['/echo?', {}],
      ['/echo?a=b', {}],
      ['/echo/batch', {}],
      ['http://other/echo', {}],
    ])('%s is served', async (path, params) => {
      const answer = await post(path);
      expect({ status: answer.status, params: seen(answer)['params'] }).toEqual({ status: 200, params });
    });

    it.each([
      '/',
      '/nothing',
      '/ech%6f',
      '/echo/batch/x',
      '//echo',
      '/things',
      '/things/a',
      '/things//t',
      '/things/a/b/c',
    ])('%s is not known', async (path) => {
      const answer = await post(path, '{}', WITH_ID);
      expect(answer).toMatchObject({ status: 404, headers: { 'x-request-id': ID, 'cache-control': 'no-store' } });
      expect(seen(answer)).toMatchObject({ error_code: '404', reason: 'route_unknown', request_id: ID });
      expect(adapter.observed).toEqual(['none 404 route_unknown']);
    });

    it('that cannot be decoded is refused', async () => {
      const answer = await post('/things/%zz/t');
      expect({ status: answer.status, reason: reasonOf(answer) }).toEqual({ status: 400, reason: 'invalid_request' });
    });

    it.each(['HEAD', 'GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('has no %s', async (method) => {
      for (const path of ['/echo', '/things/a/b']) {
        const head = `${method} ${path} HTTP/1.1\r\n${headLines({ host: 'x' })}\r\n`;
        const answer = only(await rawAnswers(adapter.server, [head], 1, method !== 'HEAD'));
        expect({ status: answer.status, reason: method === 'HEAD' || reasonOf(answer) }).toEqual({
          ...{ status: 404, reason: method === 'HEAD' || 'route_unknown' },
        });
      }
      expect(adapter.handled).toEqual([]);
    });
  });
});

describe('the adapter of sockets', () => {
  it('serves what is plain itself, and leaves all else to Express', async () => {
    const adapter = await startTestAdapter('sockets');
    const plain = [rawPost('/echo', '{}'), rawPost('/things/a/b', ''), rawPost('/busy', 'x'.repeat(MAX_BYTES))];
    for (const parts of plain) await rawAnswers(adapter.server, parts);
    expect(adapter.left).toEqual([]);
    await rawAnswers(adapter.server, rawPost('/echo?a', '{}'));
    await rawAnswers(adapter.server, rawPost('/echo', 'x'.repeat(MAX_BYTES + 1)));
    await rawAnswers(adapter.server, rawPost('/things/a%20/b', '{}'));
    expect(adapter.left).toEqual(['POST /echo?a', 'POST /echo', 'POST /things/a%20/b']);
    await adapter.close();
  });
});

const only = ([answer]: readonly RawAnswer[]): RawAnswer => {
  if (!answer) throw new Error('no answer');
  return answer;
};

/** The bytes one by one. */
const cut = (body: Buffer): Buffer[] => Array.from(body, (byte) => Buffer.of(byte));
