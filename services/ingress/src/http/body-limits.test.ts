import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { waitFor } from '@ardor/runtime/wait-for';
import { afterEach, describe, expect, it } from '@jest/globals';
import { bodyOf, createTestApi, only } from '../../test/create-test-api.js';
import { headLines, openRaw, rawAnswers, rawPost } from '../../test/raw-http.js';
import { KNOWN, MAX_ANONYMOUS_BYTES, MAX_BODIES, MAX_KNOWN_BYTES } from '../../test/start-test-api.js';

const BASIC = { authorization: KNOWN };
const WRONG = { authorization: 'Basic unknown' };
const text = (bytes: number): string => 'x'.repeat(bytes);

const { api, post } = createTestApi();
const outcome = async (body: string | Buffer, headers = {}): Promise<string> => {
  const answer = await post('/large', body, headers);
  return answer.status === 200 ? '200' : `${answer.status} ${String(bodyOf(answer)['reason'])}`;
};

const held: Socket[] = [];
/** Sends a body but for its last byte, and waits until its bytes count. */
async function hold(bytes: number, headers = {}): Promise<void> {
  const before = api().bodyBytes();
  const [head, body] = rawPost('/large', text(bytes), headers);
  held.push(await openRaw(api().server, [head, body.subarray(0, -1)]));
  await waitFor(() => api().bodyBytes() === before + bytes);
}
afterEach(async () => {
  held.splice(0).forEach((socket) => socket.destroy());
  await waitFor(() => api().bodyBytes() === 0);
});

describe('credentials in the header', () => {
  it('that are wrong are refused before a byte of the body has come, and the connection goes on', async () => {
    const [head, body] = rawPost('/large', text(MAX_KNOWN_BYTES), WRONG);
    expect(only(await rawAnswers(api().server, [head])).status).toBe(401);
    const answers = await rawAnswers(api().server, [head, body, ...rawPost('/large', '{}')], 2);
    expect(answers.map(({ status }) => status)).toEqual([401, 200]);
  });

  it('that are wrong are refused before the body is inflated, measured or decoded', async () => {
    expect(await outcome('no gzip', { ...WRONG, 'content-encoding': 'gzip' })).toBe('401 invalid_passcode');
    expect(await outcome('no gzip', { ...BASIC, 'content-encoding': 'gzip' })).toBe('400 invalid_request');
    expect(await outcome(text(MAX_KNOWN_BYTES + 1), WRONG)).toBe('401 invalid_passcode');
  });

  it('allow a larger body', async () => {
    expect(await outcome(text(MAX_ANONYMOUS_BYTES))).toBe('200');
    expect(await outcome(text(MAX_ANONYMOUS_BYTES + 1))).toBe('413 body_too_large');
    expect(bodyOf(await post('/large', text(MAX_ANONYMOUS_BYTES + 1)))['message']).toContain('HTTP Basic');
    expect(await outcome(text(MAX_KNOWN_BYTES), BASIC)).toBe('200');
    expect(await outcome(text(MAX_KNOWN_BYTES + 1), BASIC)).toBe('413 body_too_large');
    const gzip = { 'content-encoding': 'gzip' };
    expect(await outcome(gzipSync(text(MAX_ANONYMOUS_BYTES + 1)), gzip)).toBe('413 body_too_large');
    expect(await outcome(gzipSync(text(MAX_KNOWN_BYTES)), { ...BASIC, ...gzip })).toBe('200');
  });
});

describe('the bytes of all bodies', () => {
  it('count as they come, and until the response', async () => {
    const [head] = rawPost('/large', text(MAX_ANONYMOUS_BYTES));
    held.push(await openRaw(api().server, [head, text(10)]));
    expect(await outcome(text(MAX_ANONYMOUS_BYTES))).toBe('200');
    // The first body is not yet larger than 4 KiB, and the second one has its response.
    expect(api().bodyBytes()).toBe(0);
    held[0]?.write(text(5_000));
    await waitFor(() => api().bodyBytes() > 5_000);
  });

  it('of strangers leave room for known clients, and for small bodies of anybody', async () => {
    await hold(MAX_ANONYMOUS_BYTES);
    await hold(MAX_ANONYMOUS_BYTES);
    expect(await outcome(text(MAX_BODIES / 2 - 2 * MAX_ANONYMOUS_BYTES))).toBe('200');
    await hold(MAX_BODIES / 2 - 2 * MAX_ANONYMOUS_BYTES);
    expect(await outcome(text(4_097))).toBe('503 overloaded');
    expect(await outcome(text(4_096))).toBe('200');
    expect(await outcome(text(MAX_KNOWN_BYTES), BASIC)).toBe('200');
    await hold(MAX_KNOWN_BYTES, BASIC);
    expect(await outcome(text(MAX_BODIES / 2 - MAX_KNOWN_BYTES + 1), BASIC)).toBe('503 overloaded');
    expect(await outcome(text(MAX_BODIES / 2 - MAX_KNOWN_BYTES), BASIC)).toBe('200');
  });

  it('are given back by a client that leaves', async () => {
    await hold(MAX_ANONYMOUS_BYTES);
    held.splice(0).forEach((socket) => socket.destroy());
    await waitFor(() => api().bodyBytes() === 0);
  });

  it('are refused at once when there is no room, and the connection goes on', async () => {
    await hold(MAX_ANONYMOUS_BYTES);
    await hold(MAX_ANONYMOUS_BYTES);
    const [head, body] = rawPost('/large', text(MAX_ANONYMOUS_BYTES));
    const refused = only(await rawAnswers(api().server, [head, body.subarray(0, 12_000)]));
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
    const answers = await rawAnswers(api().server, [head, body, ...rawPost('/large', '{}')], 2);
    expect(answers.map(({ status }) => status)).toEqual([503, 200]);
  });

  it('of a body in many pieces are kept once', async () => {
    const body = text(MAX_ANONYMOUS_BYTES - 1) + 'y';
    const pieces = Array.from({ length: MAX_ANONYMOUS_BYTES / 100 }, (_, n) => body.slice(100 * n, 100 * (n + 1)));
    const head = `POST /large HTTP/1.1\r\n${headLines({ host: 'x', 'transfer-encoding': 'chunked' })}\r\n`;
    const chunks = pieces.map((piece) => `64\r\n${piece}\r\n`).join('');
    expect(bodyOf(only(await rawAnswers(api().server, [head, `${chunks}0\r\n\r\n`])))['body']).toBe(body);
  });
});
