import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { refuse } from '@ardor/domain/errors/reasons';
import { waitFor } from '@ardor/runtime/wait-for';
import { describe, expect, it } from '@jest/globals';
import { bodyOf, createTestApi, only } from '../../test/create-test-api.js';
import { connectionCount, headLines, openRaw, rawAnswers, rawPost } from '../../test/raw-http.js';
import { MAX_BYTES } from '../../test/start-test-api.js';
import { createBodyBudget } from './body-budget.js';
import { ClientLeftError, readBody } from './read-body.js';

const WITH_ID = { 'x-request-id': 'a-request.id_42' };

describe('a body', () => {
  const { api, post, postChunked } = createTestApi();

  it('may come in many packets, cut inside a character', async () => {
    const text = '{"a":"äöü😀"}';
    const [head, body] = rawPost('/echo', text);
    const answer = await rawAnswers(api().server, [head.slice(0, 9), head.slice(9), ...cut(body)]);
    expect(bodyOf(only(answer))['body']).toBe(text);
  });

  it.each([
    ['of length 0', { 'content-length': '0' }],
    ['of no told length', {}],
  ])('%s is empty', async (_, headers) => {
    const head = `POST /echo HTTP/1.1\r\n${headLines({ host: 'x', ...headers })}\r\n`;
    expect(bodyOf(only(await rawAnswers(api().server, [head])))).toMatchObject({ body: '' });
  });

  it('may be as long as allowed and not longer, also in chunks', async () => {
    const [fits, exceeds] = ['é'.repeat(MAX_BYTES / 2), 'é'.repeat(MAX_BYTES / 2) + 'x'];
    for (const answer of [await post('/echo', fits), await postChunked('/echo', fits)])
      expect(bodyOf(answer)['body']).toBe(fits);
    for (const answer of [await post('/echo', exceeds, WITH_ID), await postChunked('/echo', exceeds)])
      expect({ status: answer.status, reason: bodyOf(answer)['reason'] }).toEqual({
        status: 413,
        reason: 'body_too_large',
      });
    expect(api().handled).toHaveLength(2);
  });

  it('that is longer is read to its end, so that the connection goes on after its refusal', async () => {
    const [head, body] = rawPost('/echo', 'x'.repeat(MAX_BYTES + 1));
    const answers = await rawAnswers(api().server, [head, body, ...rawPost('/echo', '{}')], 2);
    expect(answers.map(({ status }) => status)).toEqual([413, 200]);
  });

  it.each([
    ['a told length', [rawPost('/echo', 'x'.repeat(MAX_BYTES + 1))[0]]],
    [
      'chunks',
      [
        `POST /echo HTTP/1.1\r\n${headLines({ host: 'x', 'transfer-encoding': 'chunked' })}\r\n`,
        `${(MAX_BYTES + 1).toString(16)}\r\n${'x'.repeat(MAX_BYTES + 1)}\r\n`,
      ],
    ],
  ])('that is longer, of %s, is refused before it has come to its end', async (_, parts) => {
    expect(only(await rawAnswers(api().server, parts)).status).toBe(413);
  });

  it('may be compressed; its length is that of its content', async () => {
    const gzip = (text: string) => post('/echo', gzipSync(text), { 'content-encoding': 'gzip' });
    expect(bodyOf(await gzip('{"a":1}'))['body']).toBe('{"a":1}');
    expect((await gzip(' '.repeat(MAX_BYTES))).status).toBe(200);
    expect((await gzip(' '.repeat(MAX_BYTES + 1))).status).toBe(413);
    const unknown = await post('/echo', '{}', { 'content-encoding': 'x' });
    expect([unknown.status, bodyOf(unknown)['reason'], bodyOf(unknown)['message']]).toEqual([
      ...[415, 'unsupported_media_type', 'Content-Encoding may be gzip, deflate or br.'],
    ]);
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
    expect([answer.status, bodyOf(answer)['reason'], bodyOf(answer)['message']]).toEqual([
      ...[400, 'invalid_request', 'The body is not what its Content-Encoding says.'],
    ]);
  });

  it.each([
    ['a told length', rawPost('/echo', 'x'.repeat(500)).map((part) => Buffer.from(part).subarray(0, 200))],
    [
      'chunks',
      [`POST /echo HTTP/1.1\r\n${headLines({ host: 'x', 'transfer-encoding': 'chunked' })}\r\n`, '3\r\nabc\r\n'],
    ],
  ])('that breaks off, of %s, is not handled', async (_, parts) => {
    const socket = await openRaw(api().server, parts);
    await waitFor(() => connectionCount(api().server).then((count) => count > 0));
    socket.destroy();
    await waitFor(() => connectionCount(api().server).then((count) => count === 0));
    expect((await post('/echo')).status).toBe(200);
    expect(api().handled).toHaveLength(1);
    expect(api().observed).toEqual(['none 400 invalid_http', '/echo 200 ok']);
    expect(api().inFlight()).toBe(0);
  });
});

it('whose client has left before it is asked for is never waited for', async () => {
  const request = new IncomingMessage(new Socket());
  request.destroy();
  const limits = {
    maxBytes: MAX_BYTES,
    tooLarge: refuse('body_too_large'),
    share: createBodyBudget({ maxBytes: MAX_BYTES, now: () => 0 }).anonymous,
  };
  await expect(readBody(request, limits)).rejects.toThrow(ClientLeftError);
});

/** The bytes one by one. */
const cut = (body: Buffer): Buffer[] => Array.from(body, (byte) => Buffer.of(byte));
