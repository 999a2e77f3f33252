import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { headLines, rawAnswers, rawPost, type RawAnswer } from './raw-http.js';
import { startTestApi, type TestApi } from './start-test-api.js';

/** One server for the tests of a block. Before each test it forgets what it has seen. */
export function createTestApi() {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.close());
  beforeEach(() => {
    api.handled.length = 0;
    api.observed.length = 0;
  });
  return {
    api: () => api,
    post: async (path: string, body: string | Buffer = '{}', headers = {}): Promise<RawAnswer> =>
      only(await rawAnswers(api.server, rawPost(path, body, headers))),
    postChunked: (path: string, body: string): Promise<RawAnswer> =>
      rawAnswers(api.server, [
        `POST ${path} HTTP/1.1\r\n${headLines({ host: 'x', 'transfer-encoding': 'chunked' })}\r\n`,
        `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`,
      ]).then(only),
  };
}

export const only = ([answer]: readonly RawAnswer[]): RawAnswer => {
  if (!answer) throw new Error('no response');
  return answer;
};

/** A response's body, parsed. */
export const bodyOf = ({ body }: RawAnswer) => JSON.parse(body) as Record<string, unknown>;
