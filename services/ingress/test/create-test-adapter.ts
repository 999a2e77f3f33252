import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { headLines, rawAnswers, rawPost, type RawAnswer } from './raw-http.js';
import { startTestAdapter, type TestAdapter } from './test-adapters.js';

/** One adapter for the tests of a block, which forgets before each what it has seen; and what they ask of it. */
export function createTestAdapter(kind: 'sockets' | 'Express') {
  let adapter: TestAdapter;
  beforeAll(async () => {
    adapter = await startTestAdapter(kind);
  });
  afterAll(() => adapter.close());
  beforeEach(() => {
    for (const list of [adapter.handled, adapter.observed, adapter.left]) list.length = 0;
  });
  return {
    adapter: () => adapter,
    post: async (path: string, body: string | Buffer = '{}', headers = {}): Promise<RawAnswer> =>
      only(await rawAnswers(adapter.server, rawPost(path, body, headers))),
    postChunked: (path: string, body: string): Promise<RawAnswer> =>
      rawAnswers(adapter.server, [
        `POST ${path} HTTP/1.1\r\n${headLines({ host: 'x', 'transfer-encoding': 'chunked' })}\r\n`,
        `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`,
      ]).then(only),
  };
}

export const only = ([answer]: readonly RawAnswer[]): RawAnswer => {
  if (!answer) throw new Error('no answer');
  return answer;
};

/** The body of an answer, read. */
export const seen = ({ body }: RawAnswer) => JSON.parse(body) as Record<string, unknown>;
