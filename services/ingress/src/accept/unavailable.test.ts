import { startTcpProxy, through, type TcpProxy } from '@ardor/testkit/tcp-proxy';
import { redisUrl } from '@ardor/testkit/fixtures';
import { waitFor } from '@ardor/runtime/wait-for';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freshNumber, query, send } from '../../test/requests.js';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';
import { DEMO } from '@ardor/domain/message/demo';

let proxy: TcpProxy;
let ingress: TestIngress;
beforeAll(async () => {
  const target = new URL(redisUrl());
  proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port) });
  ingress = await startTestIngress({ LIMITER_REDIS_URL: through(proxy, redisUrl()), LIMITER_TIMEOUT_MS: '100' });
});
afterAll(async () => {
  await ingress.close();
  await proxy.close();
});

it('fails closed while the limiter hangs, and accepts again when it is back', async () => {
  proxy.hang(true);
  const phone_number = freshNumber();
  const refused = await send(ingress, { phone_number });
  expect(refused.status).toBe(503);
  expect(refused.body).toMatchObject({ error_code: '503', reason: 'limiter_unavailable' });
  expect(refused.headers['retry-after']).toBe('1');
  expect((await query(ingress, DEMO.messageId)).status).toBe(503);
  expect((await ingress.ops.get('/readyz')).status).toBe(503);
  expect(
    await ingress.db.query('SELECT 1 FROM messages WHERE client_id = $1 AND id <> $2', [DEMO.clientId, DEMO.messageId]),
  ).toEqual([]);
  proxy.hang(false);
  // The slot that the hung Redis took in the end is given back: the number was never accepted.
  await waitFor(async () => (await send(ingress, { phone_number })).status === 200);
});
