import { request } from 'undici';
import { createClient } from '@ardor/store/clients/manage-clients';
import { addPasscode } from '@ardor/store/clients/manage-passcodes';
import { grantTemplate } from '@ardor/store/templates/manage-templates';
import { DEMO } from '@ardor/domain/message/demo';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { post, query, scriptedNumber, send } from '@ardor/testkit/api';
import { waitFor } from '@ardor/runtime/wait-for';
import { DASHBOARD_PASSWORD, testKeyring } from '@ardor/testkit/fixtures';
import { startStack, type Stack } from './stack.js';

const CODE = 'CANARY-4711-CODE';
const NUMBER = '13812345678';
const PASSCODE = 'ARDOR-CANARY-PASSCODE-0815';
const CREDENTIALS = { client_id: 'canary', passcode: PASSCODE };
const CLIENT = { ...CREDENTIALS, contents: [{ p1: CODE }] };

/** What must not appear anywhere: in the clear, in hex and in base64. */
const CANARIES = [CODE, NUMBER, PASSCODE].flatMap((text) => [
  text,
  Buffer.from(text).toString('hex'),
  Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -2),
]);

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { LOG_LEVEL: 'debug' } });
  await createClient(stack.db.database, { id: 'canary', name: 'canary', region: 'CN' });
  await addPasscode(stack.db.database, testKeyring(), 'canary', PASSCODE);
  await grantTemplate(stack.db.database, 'canary', DEMO.templateId);
});
afterAll(() => stack.close());

const found = (where: string, text: string): string[] =>
  CANARIES.filter((canary) => text.includes(canary)).map((canary) => `${canary} in ${where}`);

it('keeps codes, numbers and passcodes out of the database, the queue, the logs, the metrics and the dashboard', async () => {
  const [api = ''] = stack.apis;
  const { carrier, ingresses, workers } = stack;
  // The carrier hangs first, so that jobs wait in the queue, fail and are deferred.
  carrier.kill('SIGSTOP');
  const sent = await send(api, NUMBER, CLIENT);
  expect(sent.status).toBe(200);
  await send(api, scriptedNumber(1, 1), CLIENT);
  // Requests that are refused carry the canaries too.
  await send(api, NUMBER, CLIENT);
  await send(api, NUMBER, { ...CLIENT, contents: [{ [CODE]: CODE, p1: null }] });
  await send(api, `${NUMBER}99`, CLIENT);
  await post(api, `/${NUMBER}/${CODE}?passcode=${PASSCODE}`, CLIENT);
  await post(api, `/receipts/simulator/${NUMBER}/${CODE}`, { id: CODE, reference: NUMBER });
  await query(api, NUMBER, CREDENTIALS);

  const leaks: string[] = [];
  const search = async (): Promise<void> => {
    leaks.push(...found('the database', await dumpDatabase()));
    leaks.push(...found('Redis', await dumpRedis()));
    for (const ops of stack.ops) leaks.push(...found('/metrics', await (await request(`${ops}/metrics`)).body.text()));
    for (const path of ['/queues', '/queues/api/queues?activeQueue=otp&page=1&jobsPerPage=100'])
      leaks.push(...found(path, await dashboard(path)));
  };
  await search();
  carrier.kill('SIGCONT');
  await waitFor(
    async () => {
      await search();
      return (await query(api, sent.body['sms_uid'] ?? '', CREDENTIALS)).body['status'] === 'delivered';
    },
    { withinMs: 40_000, everyMs: 250 },
  );
  await search();
  for (const { name, output } of [carrier, ...ingresses, ...workers])
    leaks.push(...found(`the log of the ${name}`, output()));
  expect(leaks).toEqual([]);
  // The search was not empty: the log and the database have the message.
  expect(workers[0]?.output()).toContain('message settled');
  expect(await dumpDatabase()).toContain(sent.body['sms_uid'] ?? 'no id');
}, 90_000);

async function dumpDatabase(): Promise<string> {
  const tables = ['messages', 'clients', 'passcodes', 'templates', 'template_grants'];
  const dumps = await Promise.all(
    tables.map((table) => stack.db.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t`)),
  );
  return JSON.stringify(dumps);
}

/** Returns every key with its value. */
async function dumpRedis(): Promise<string> {
  const { redis, prefix } = stack.redis;
  const keys = await redis.keys(`${prefix}*`);
  const values = await Promise.all(
    keys.map(async (key) => {
      switch (await redis.type(key)) {
        case 'string':
          return redis.get(key);
        case 'hash':
          return redis.hgetall(key);
        case 'list':
          return redis.lrange(key, 0, -1);
        case 'set':
          return redis.smembers(key);
        case 'zset':
          return redis.zrange(key, '0', '-1');
        case 'stream':
          return redis.xrange(key, '-', '+');
        default:
          return '';
      }
    }),
  );
  return JSON.stringify([keys, values]);
}

async function dashboard(path: string): Promise<string> {
  const authorization = `Basic ${Buffer.from(`ardor:${DASHBOARD_PASSWORD}`).toString('base64')}`;
  const response = await request(`${stack.ops[0] ?? ''}${path}`, { headers: { authorization } });
  expect(response.statusCode).toBe(200);
  return response.body.text();
}
