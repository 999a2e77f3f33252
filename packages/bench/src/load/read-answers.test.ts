import { describe, expect, it } from '@jest/globals';
import { countAccepted } from './count-accepted.js';
import { createAnswerReader } from './read-answers.js';

const answer = (status: number, body: string): string =>
  `HTTP/1.1 ${status} Some words\r\nX-A: b\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** What a reader tells of these chunks. */
function read(chunks: readonly Buffer[]): [number, string][] {
  const answers: [number, string][] = [];
  const take = createAnswerReader(({ status, body }) => answers.push([status, body()]));
  chunks.forEach(take);
  return answers;
}

describe('createAnswerReader', () => {
  const bytes = Buffer.from(answer(200, '{"a":"é"}') + answer(503, '') + answer(404, 'x'.repeat(50)));
  const expected = [
    [200, '{"a":"é"}'],
    [503, ''],
    [404, 'x'.repeat(50)],
  ];

  it.each([1, 2, 7, 40, 1_000])('finds every answer in chunks of %d bytes', (size) => {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
      bytes.subarray(n * size, (n + 1) * size),
    );
    expect(read(chunks)).toEqual(expected);
  });

  it('refuses an answer without a length', () => {
    expect(() => read([Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')])).toThrow('Length');
  });
});

describe('countAccepted', () => {
  const body = (): string => '{"results":[{"status":"queuing"},{"status":"error"},{"status":"error"}]}';

  it('takes a 200 for all, or looks at each result', () => {
    expect(countAccepted({ count: 'answers', items: 3 }, { status: 200, body })).toBe(3);
    expect(countAccepted({ count: 'results', items: 3 }, { status: 200, body })).toBe(1);
    expect(countAccepted({ count: 'results', items: 3 }, { status: 503, body })).toBe(0);
  });
});
