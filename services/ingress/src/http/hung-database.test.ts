import { DEMO } from '@ardor/domain/message/demo';
import { waitFor } from '@ardor/runtime/wait-for';
import { startTcpProxy, type TcpProxy } from '@ardor/testkit/tcp-proxy';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { message, query, send, sendBatch } from '../../test/requests.js';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';

const MAX_IN_FLIGHT = 4;

let proxy: TcpProxy;
let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startTestIngress(
    {
      MAX_IN_FLIGHT: String(MAX_IN_FLIGHT),
      ANSWER_DEADLINE_MS: '1000',
      CLIENT_CACHE_MS: '5000',
      DATABASE_TIMEOUT_MS: '3000',
    },
    async (url) => {
      const target = new URL(url);
      proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port) });
      target.port = String(proxy.port);
      return target.href;
    },
  );
});
afterAll(async () => {
  await ingress.close();
  await proxy.close();
});
// Records that are fresh, and a database that answers.
beforeEach(() => waitFor(async () => (await send(ingress)).status === 200));

describe('while the database hangs', () => {
  it('a request is answered by 503 at the deadline, and everything goes on when it is back', async () => {
    proxy.hang(true);
    const startedAt = performance.now();
    const answers = await Promise.all([send(ingress), query(ingress, DEMO.messageId)]);
    const took = performance.now() - startedAt;
    for (const { status, body, headers } of answers) {
      expect({ status, reason: (body as { reason: string }).reason }).toEqual({
        status: 503,
        reason: 'no_answer_in_time',
      });
      expect(headers['retry-after']).toBe('1');
    }
    expect(took).toBeGreaterThanOrEqual(995);
    expect(took).toBeLessThan(2_900);
    proxy.hang(false);
    await waitFor(async () => (await send(ingress)).status === 200);
  });

  it('a batch is refused as a whole, also when some of it would be refused anyway', async () => {
    proxy.hang(true);
    const answer = await sendBatch(ingress, [message(), {}]);
    expect([answer.status, (answer.body as { reason: string }).reason]).toEqual([503, 'no_answer_in_time']);
    proxy.hang(false);
  });

  it('no more than MAX_IN_FLIGHT requests are held; the next is refused at once, before the limiter', async () => {
    proxy.hang(true);
    const answers = await Promise.all(Array.from({ length: 3 * MAX_IN_FLIGHT }, () => send(ingress)));
    const reasons = answers.map(({ body }) => (body as { reason: string }).reason);
    expect(reasons.filter((reason) => reason === 'no_answer_in_time')).toHaveLength(MAX_IN_FLIGHT);
    expect(reasons.filter((reason) => reason === 'overloaded')).toHaveLength(2 * MAX_IN_FLIGHT);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    proxy.hang(false);
    await waitFor(async () => (await send(ingress)).status === 200);
  });
});
