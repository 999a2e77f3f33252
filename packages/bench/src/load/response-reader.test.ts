import { describe, expect, it } from '@jest/globals';
import { createResponseReader } from './response-reader.js';

const response = (status: number, body: string): string =>
  `HTTP/1.1 ${status} Some words\r\nX-A: b\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Returns the responses that a reader finds in these chunks. */
function read(chunks: readonly Buffer[]): [number, string][] {
  const responses: [number, string][] = [];
  const take = createResponseReader((status, body) => responses.push([status, body()]));
  chunks.forEach(take);
  return responses;
}

describe('createResponseReader', () => {
  const bytes = Buffer.from(response(200, '{"a":"é"}') + response(503, '') + response(404, 'x'.repeat(50)));
  const expected = [
    [200, '{"a":"é"}'],
    [503, ''],
    [404, 'x'.repeat(50)],
  ];

  it.each([1, 2, 7, 40, 1_000])('finds every response in chunks of %d bytes', (size) => {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
      bytes.subarray(n * size, (n + 1) * size),
    );
    expect(read(chunks)).toEqual(expected);
  });

  it('refuses a response without a length', () => {
    expect(() => read([Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')])).toThrow('Length');
  });
});
