import { once } from 'node:events';
import { isUuid } from '@ardor/domain/message/uuid7';
import { waitFor } from '@ardor/runtime/wait-for';
import { describe, expect, it } from '@jest/globals';
import { createTestApi, bodyOf, only } from '../../test/create-test-api.js';
import { connectionCount, headLines, openRaw, rawAnswers, rawPost } from '../../test/raw-http.js';
import { MAX_IN_FLIGHT } from '../../test/start-test-api.js';

const ID = 'a-request.id_42';
const WITH_ID = { 'x-request-id': ID };

describe('the API’s door', () => {
  const { api, post } = createTestApi();

  it('writes this head, and what the handler said', async () => {
    const { headers, status, body } = await post('/echo', '{"ü":1}', WITH_ID);
    const { date, 'keep-alive': keepAlive, ...rest } = headers;
    expect(rest).toEqual({
      ...{ 'cache-control': 'no-store', 'x-request-id': ID, connection: 'keep-alive' },
      ...{ 'content-type': 'application/json; charset=utf-8', 'content-length': String(Buffer.byteLength(body)) },
    });
    expect([date, keepAlive].every(Boolean)).toBe(true);
    expect({ status, body: JSON.parse(body) as unknown }).toEqual({
      status: 200,
      body: {
        id: ID,
        ip: '127.0.0.1',
        contentType: 'application/json',
        params: {},
        body: '{"ü":1}',
        logged: {},
      },
    });
    expect(api().observed).toEqual(['/echo 200 ok']);
  });

  it('writes a refusal with its Retry-After, and a bug without its cause', async () => {
    const busy = await post('/busy', '{}', WITH_ID);
    expect(busy).toMatchObject({ status: 503, headers: { 'retry-after': '5', 'x-request-id': ID } });
    expect(bodyOf(busy)).toMatchObject({ error_code: '503', reason: 'overloaded', request_id: ID });
    const broken = await post('/broken');
    expect({ status: broken.status, reason: bodyOf(broken)['reason'] }).toEqual({
      status: 500,
      reason: 'internal_error',
    });
    expect(broken.body).not.toContain('secret');
    const unauthorized = await post('/who');
    expect(unauthorized).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="Ardor", charset="UTF-8"' },
    });
    expect(api().observed).toEqual(['/busy 503 overloaded', '/broken 500 internal_error', '/who 401 invalid_passcode']);
    expect(api().inFlight()).toBe(0);
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
    expect(bodyOf(answer)['id']).toBe(id);
  });

  it('closes the connection after its answer once shutdown has begun', async () => {
    api().drain(true);
    const answers = [await post('/echo'), await post('/busy'), await post('/nothing')];
    api().drain(false);
    expect(answers.map(({ headers }) => headers['connection'])).toEqual(['close', 'close', 'close']);
  });

  it.each([
    ['asks for it', 'HTTP/1.1', { connection: 'close' }],
    ['speaks HTTP/1.0', 'HTTP/1.0', {}],
  ])('closes the connection after its answer to a client that %s', async (_, version, headers) => {
    const [head, body] = rawPost('/echo', '{}', headers);
    const socket = await openRaw(api().server, [head.replace('HTTP/1.1', version), body]);
    const received = once(socket, 'data');
    const closed = once(socket, 'close');
    expect(String((await received)[0])).toMatch(/^HTTP\/1.1 200[^]*connection: close\r\n/i);
    await closed;
  });

  describe('a request under way', () => {
    it('counts until its handler is done, also when its client has left', async () => {
      const socket = await openRaw(api().server, rawPost('/held', '{}'));
      await waitFor(() => api().inFlight() === 1);
      socket.resetAndDestroy();
      await waitFor(() => connectionCount(api().server).then((count) => count === 0));
      expect(api().inFlight()).toBe(1);
      api().release();
      await waitFor(() => api().inFlight() === 0);
    });

    it('leaves room for so many others and no more', async () => {
      const held = Array.from({ length: MAX_IN_FLIGHT }, () => post('/held'));
      await waitFor(() => api().inFlight() === MAX_IN_FLIGHT);
      const refused = await post('/echo');
      expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
      expect(bodyOf(refused)['reason']).toBe('overloaded');
      api().release();
      expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(api().inFlight()).toBe(0);
    });

    it('is answered in its turn on a connection that has asked more meanwhile', async () => {
      const bodies = ['1', '2', '3'];
      const all = ['/held', '/echo', '/echo'].map((path, n) =>
        Buffer.concat(rawPost(path, bodies[n] ?? '').map((part) => Buffer.from(part))),
      );
      const answers = rawAnswers(api().server, [Buffer.concat(all)], 3);
      await waitFor(() => api().inFlight() > 0);
      api().release();
      expect((await answers).map((answer) => bodyOf(answer)['body'])).toEqual(bodies);
    });
  });

  describe('a path', () => {
    it.each([
      ['/things/a-b_C/t0', { id: 'a-b_C', token: 't0' }],
      ['/things/a%2Fb/t', { id: 'a/b', token: 't' }],
      ['/things/%C3%BC/t', { id: 'ü', token: 't' }],
      ['/things/__proto__/t', { id: '__proto__', token: 't' }],
      ['/things/a/b?c=d', { id: 'a', token: 'b' }],
      ['/echo?', {}],
      ['/echo?a=b', {}],
      ['/echo/batch', {}],
      ['http://other/echo', {}],
    ])('%s is served', async (path, params) => {
      const answer = await post(path);
      expect({ status: answer.status, params: bodyOf(answer)['params'] }).toEqual({ status: 200, params });
    });

    it.each([
      '/',
      '/nothing',
      '/ech%6f',
      '/echo/batch/x',
      '//echo',
      '/echo/',
      '/Echo',
      '/ECHO/batch',
      '/things/a/b/',
      '/Things/a/b',
      '/things',
      '/things/a',
      '/things//t',
      '/things/a/b/c',
    ])('%s is not known', async (path) => {
      const answer = await post(path, '{}', WITH_ID);
      expect(answer).toMatchObject({ status: 404, headers: { 'x-request-id': ID, 'cache-control': 'no-store' } });
      expect(bodyOf(answer)).toMatchObject({ error_code: '404', reason: 'route_unknown', request_id: ID });
      expect(api().observed).toEqual(['none 404 route_unknown']);
    });

    it('that cannot be decoded is refused', async () => {
      const answer = await post('/things/%zz/t');
      expect({ status: answer.status, reason: bodyOf(answer)['reason'] }).toEqual({
        status: 400,
        reason: 'invalid_request',
      });
    });

    it.each(['HEAD', 'GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])(
      'takes no %s, and says what it takes',
      async (method) => {
        for (const path of ['/echo', '/things/a/b']) {
          const head = `${method} ${path} HTTP/1.1\r\n${headLines({ host: 'x' })}\r\n`;
          const answer = only(await rawAnswers(api().server, [head], 1, method !== 'HEAD'));
          expect(answer).toMatchObject({ status: 405, headers: { allow: 'POST' } });
          if (method !== 'HEAD')
            expect(bodyOf(answer)).toMatchObject({ error_code: '405', reason: 'method_not_allowed' });
        }
        expect(api().handled).toEqual([]);
        expect(api().observed).toEqual(['none 405 method_not_allowed', 'none 405 method_not_allowed']);
      },
    );
  });
});
