import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { portOf } from '../../test/raw-http.js';
import { readPlainHead, type PlainHead } from './plain-head.js';

const LINES = ['host: x', 'content-length: 2'];
const head = (...lines: string[]): string => ['POST /a/b HTTP/1.1', ...lines].join('\r\n');
const read = (...lines: string[]): PlainHead | undefined => readPlainHead(head(...LINES, ...lines));

describe('a plain head', () => {
  it('is read, whatever the case of its names and the space around its values', () => {
    const lines = [
      'Content-Type:a/b; c="d"',
      'AUTHORIZATION:\t Basic x \t',
      'x-Request-ID: abc',
      'Connection: Keep-Alive',
    ];
    expect(read(...lines, 'x-other: a', 'x-other:', 'accept: */*')).toEqual({
      ...{ path: '/a/b', length: 2, contentType: 'a/b; c="d"', authorization: 'Basic x', requestId: 'abc' },
      last: false,
    });
  });

  it('tells whether its connection ends', () => {
    expect(read()?.last).toBe(false);
    expect(read('connection: Close')?.last).toBe(true);
    const old = ['POST /a/b HTTP/1.0', ...LINES].join('\r\n');
    expect([readPlainHead(old)?.last, readPlainHead(`${old}\r\nconnection: close`)?.last]).toEqual([true, true]);
  });

  it.each([
    ['another method', 'GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 2'],
    ['another version', 'POST / HTTP/1.2\r\nhost: x\r\ncontent-length: 2'],
    ['HTTP/1.0 that goes on', 'POST / HTTP/1.0\r\nhost: x\r\ncontent-length: 2\r\nconnection: keep-alive'],
    ['a second space', 'POST  / HTTP/1.1\r\nhost: x\r\ncontent-length: 2'],
    ['a whole address', 'POST http://x/ HTTP/1.1\r\nhost: x\r\ncontent-length: 2'],
    ['an empty line first', `\r\n${head(...LINES)}`],
    ['no host', head('content-length: 2')],
    ['two hosts', head(...LINES, 'Host: x')],
    ['no length', head('host: x')],
    ['two lengths', head(...LINES, 'Content-Length: 2')],
    ['a signed length', head('host: x', 'content-length: +2')],
    ['a length in hex', head('host: x', 'content-length: 0x2')],
    ['an empty length', head('host: x', 'content-length:')],
    ['a list of lengths', head('host: x', 'content-length: 2, 2')],
    ['a length of ten digits', head('host: x', 'content-length: 0000000002')],
    ['a space before its colon', head(...LINES, 'x : y')],
    ['a folded line', head(...LINES, 'x: y', ' z')],
    ['a line without a colon', head(...LINES, 'xy')],
    ['a line without a name', head(...LINES, ': y')],
    ['a bare line feed', head(...LINES, 'x: y\ntransfer-encoding: chunked')],
    ['a bare carriage return', head(...LINES, 'x: y\rz')],
    ['a NUL', head(...LINES, 'x: \0')],
    ['a letter beyond ASCII', head(...LINES, 'x: \xe9')],
    ['chunks', head(...LINES, 'Transfer-Encoding: chunked')],
    ['a coding', head(...LINES, 'content-encoding: gzip')],
    ['an expectation', head(...LINES, 'expect: 100-continue')],
    ['an upgrade', head(...LINES, 'upgrade: h2c')],
    ['two of its connection', head(...LINES, 'connection: close', 'connection: close')],
    ['more of its connection', head(...LINES, 'connection: keep-alive, x-other')],
    ['the end of a proxy’s connection', head(...LINES, 'proxy-connection: close')],
    ['two types', head(...LINES, 'content-type: a', 'content-type: b')],
    ['two credentials', head(...LINES, 'authorization: a', 'authorization: b')],
    ['two ids', head(...LINES, 'x-request-id: a', 'x-request-id: b')],
  ])('has not %s', (_, text) => {
    expect(readPlainHead(text)).toBeUndefined();
  });
});

it('is plain with 100 headers and not with one more', () => {
  const more = (count: number): string[] => Array.from({ length: count - LINES.length }, (_, n) => `x-${n}: y`);
  expect(read(...more(100))).toBeDefined();
  expect(read(...more(101))).toBeUndefined();
});

describe('what is plain', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) => {
      let length = 0;
      request.on('data', (data: Buffer) => (length += data.length));
      request.on('end', () => {
        const { url: path, headers } = request;
        const [contentType, authorization, requestId] = ['content-type', 'authorization', 'x-request-id'].map(
          (name) => headers[name],
        );
        const last = !response.shouldKeepAlive;
        response.end(JSON.stringify({ path, length, contentType, authorization, requestId, last }));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close().closeAllConnections());

  /** What node:http read of the head, by a body of exactly its length. */
  async function nodeReads(text: string, length: number): Promise<unknown> {
    const socket = connect(portOf(server), '127.0.0.1');
    socket.write(`${text}\r\n\r\n${'b'.repeat(length)}`, 'latin1');
    let answer = '';
    for await (const data of socket as AsyncIterable<Buffer>) {
      answer += data.toString('latin1');
      if (answer.endsWith('}')) break;
    }
    return JSON.parse(answer.slice(answer.indexOf('{')));
  }

  const value = fc.oneof(
    fc.string({ unit: fc.constantFrom(...Array.from('aB1 \t,;:="/*-')), maxLength: 6 }),
    fc.string({ unit: 'binary-ascii', maxLength: 4 }),
    fc.constantFrom('2', '0', '007', 'keep-alive', 'chunked', 'close', 'identity', '\xe9', 'x\nhost: y'),
  );
  const name = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom('X-Request-Id', 'content-type', 'Authorization', 'accept', 'x!#$|~', 'Connection'),
    },
    fc.constantFrom(
      'host',
      'content-length',
      'transfer-encoding',
      'te',
      'trailer',
      'x ',
      '',
      'keep-alive',
      'expect',
      'proxy-connection',
    ),
    fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 3 }),
  );
  const line = fc.tuple(name, value).map(([n, v]) => `${n}:${v}`);
  const path = fc.oneof(
    fc.constant('/'),
    fc.string({ unit: fc.constantFrom(...Array.from('a/?#%."<é \\')), maxLength: 5 }).map((rest) => `/${rest}`),
  );

  it('is the same to node:http', async () => {
    let plain = 0;
    const same = fc.asyncProperty(
      path,
      fc.array(line, { maxLength: 4 }),
      fc.nat(3),
      fc.constantFrom('1', '1', '0'),
      async (target, lines, at, minor) => {
        const all = [...lines.slice(0, at), ...LINES, ...lines.slice(at)];
        const text = [`POST ${target} HTTP/1.${minor}`, ...all].join('\r\n');
        const own = readPlainHead(text);
        if (!own) return;
        plain++;
        expect(await nodeReads(text, own.length)).toEqual(JSON.parse(JSON.stringify(own)));
      },
    );
    await fc.assert(same, { numRuns: 2_000 });
    expect(plain).toBeGreaterThan(300);
  });
});
