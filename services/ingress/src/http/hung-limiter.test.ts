import { DEMO } from '@ardor/domain/message/demo';
import { runPeriodically } from '@ardor/runtime/concurrency/run-periodically';
import { waitFor } from '@ardor/runtime/wait-for';
import { redisUrl, testKeyring } from '@ardor/testkit/fixtures';
import { startTcpProxy, through, type TcpProxy } from '@ardor/testkit/tcp-proxy';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { query, send } from '../../test/requests.js';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';

const MAX_MS = 15_000;

let proxy: TcpProxy;
let ingress: TestIngress;
beforeAll(async () => {
  const target = new URL(redisUrl());
  proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port) });
  // So slow to fail that only the deadline can be what answers.
  ingress = await startTestIngress({
    ...{ LIMITER_REDIS_URL: through(proxy, redisUrl()), LIMITER_TIMEOUT_MS: '20000' },
    ...{ ANSWER_DEADLINE_MS: '300', ANSWER_MAX_MS: String(MAX_MS), CLIENT_CACHE_MS: '5000' },
  });
});
afterAll(async () => {
  await ingress.close();
  await proxy.close();
});

it('is told of at the deadline, also while receipts are stored', async () => {
  const receipt = () =>
    ingress.api
      .post(`/receipts/simulator/${DEMO.messageId}/${testKeyring().receiptToken(DEMO.messageId)}`)
      .send({ id: 'c', reference: DEMO.messageId, status: 'delivered', code: '000', at: '2026-01-01T00:00:00Z' });
  expect((await send(ingress)).status).toBe(200);
  proxy.hang(true);
  const startedAt = performance.now();
  let stored = 0;
  const storing = runPeriodically(
    async () => (stored += (await receipt()).status === 200 ? 1 : 0),
    1,
    () => undefined,
  );
  const answers = await Promise.all([send(ingress), query(ingress, DEMO.messageId)]);
  await storing.stop();
  for (const answer of answers) expect(answer.body).toMatchObject({ reason: 'no_answer_in_time' });
  expect(stored).toBeGreaterThan(1);
  expect(performance.now() - startedAt).toBeLessThan(MAX_MS);
  proxy.hang(false);
  await waitFor(async () => (await send(ingress)).status === 200);
});
