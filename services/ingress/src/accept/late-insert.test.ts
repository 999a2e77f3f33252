import { testKeyring } from '@ardor/testkit/fixtures';
import { waitFor } from '@ardor/runtime/wait-for';
import { startTcpProxy, through, type TcpProxy } from '@ardor/testkit/tcp-proxy';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';
import { freshNumber, send } from '../../test/requests.js';

const NUMBER_LIMIT_SECONDS = 2;

let proxy: TcpProxy;
let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startTestIngress(
    {
      NUMBER_LIMIT_SECONDS: String(NUMBER_LIMIT_SECONDS),
      ANSWER_DEADLINE_MS: '400',
      ANSWER_MAX_MS: '3000',
      CLIENT_CACHE_MS: '5000',
    },
    async (url) => {
      const { hostname, port } = new URL(url);
      proxy = await startTcpProxy({ host: hostname, port: Number(port) });
      return through(proxy, url);
    },
  );
});
afterAll(async () => {
  await ingress.close();
  await proxy.close();
});

const storedFor = (phone: string): Promise<{ id: string }[]> =>
  ingress.db.query('SELECT id FROM messages WHERE phone_mac = $1', [testKeyring().phoneMac(phone)]);

it('an INSERT that hung on its way for longer than a slot lives is not stored beside the retry', async () => {
  const phone_number = freshNumber();
  // Opens the connection that will carry the statement.
  expect((await send(ingress)).status).toBe(200);
  proxy.hang(true);
  expect((await send(ingress, { phone_number })).status).toBe(503);
  await waitFor(() => slotIsFree(phone_number));
  proxy.hang(false);
  const retried = await waitFor(async () => {
    const response = await send(ingress, { phone_number });
    return response.status === 200 && response;
  });
  // The abandoned statement has run as well.
  await waitFor(async () => (await storedFor(phone_number)).length > 1 || (await lateInserts()) === 1);
  expect(await storedFor(phone_number)).toEqual([{ id: (retried.body as { sms_uid: string }).sms_uid }]);
});

const lateInserts = async (): Promise<number> => {
  const { text } = await ingress.ops.get('/metrics');
  return Number(/^ardor_dependency_failures_total{part="late_insert"} (\d+)/m.exec(text)?.[1] ?? 0);
};

async function slotIsFree(phone: string): Promise<boolean> {
  const { redis, prefix } = ingress.redis;
  const field = Buffer.from(testKeyring().phoneMac(phone));
  const values = await Promise.all(
    [`${prefix}:limit:slots`, `${prefix}:limit:slots:older`].map((key) => redis.hget(key, field)),
  );
  return values.every((value) => value === null || Number(value.split(':')[0]) < Date.now());
}
