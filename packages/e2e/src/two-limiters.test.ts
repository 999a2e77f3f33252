import { type Service, startService } from '@ardor/devstack/service';
import { waitFor } from '@ardor/runtime/wait-for';
import { send } from '@ardor/testkit/api';
import { startOwnRedis, type OwnRedis } from '@ardor/testkit/own-redis';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { request } from 'undici';
import { startStack, type Stack } from './stack.js';

/** Ingresses of one database that do not share the limiter's slots. */

let stack: Stack;
let otherRedis: OwnRedis;
const running: Service[] = [];
beforeAll(async () => {
  [stack, otherRedis] = await Promise.all([startStack({ workers: 0 }), startOwnRedis()]);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop()));
});
afterAll(async () => {
  await stack.close();
  await otherRedis.remove();
});

async function startIngress(env: Record<string, string>): Promise<Service> {
  const service = await startService({ name: 'ingress', env: { ...stack.env, ...env }, readyPath: '/healthz' });
  running.push(service);
  return service;
}

let numbers = 0;
const fresh = (): string => `+86139${String(10_000_000 + numbers++)}`;

/** Sends through both at the same time, and returns the statuses of each. */
async function sendThroughBoth(apis: readonly string[], count: number): Promise<number[][]> {
  return Promise.all(
    apis.map(async (api) => {
      const statuses: number[] = [];
      for (let n = 0; n < count; n++) statuses.push((await send(api, fresh())).status);
      return statuses;
    }),
  );
}

async function limiterCheck({ opsUrl }: Service): Promise<string> {
  const response = await request(`${opsUrl}/readyz`);
  return ((await response.body.json()) as { checks: Record<string, string> }).checks['limiter'] ?? '';
}

it('of two with a Redis each, the first goes on undisturbed, and the other says why it does not', async () => {
  const [first = ''] = stack.apis;
  const other = await startIngress({ REDIS_URL: otherRedis.url });
  const [through, refused] = await sendThroughBoth([first, other.url], 100);
  expect(through?.filter((status) => status !== 200)).toEqual([]);
  expect(refused?.filter((status) => status !== 503)).toEqual([]);
  const { host } = new URL(otherRedis.url);
  expect(await limiterCheck(other)).toMatch(
    new RegExp(
      `^another ingress \\(.+\\) has the epoch of the limiter, with Redis .+; this ingress has Redis ${host} `,
    ),
  );
  const lines = other
    .output()
    .split('\n')
    .filter((line) => line.includes('limiter epoch held by another'));
  expect(lines).toHaveLength(1);
  const metrics = await (await request(`${other.opsUrl}/metrics`)).body.text();
  expect(metrics).toMatch(/^ardor_limiter_foreign_epoch 1$/m);
});

it('the other takes over when the first is gone, and keeps its numbers', async () => {
  const first = await startIngress({});
  await waitFor(async () => (await limiterCheck(first)) === 'ok');
  await stack.ingresses[0]?.stop();
  const phone = fresh();
  expect((await send(first.url, phone)).status).toBe(200);
  const other = await startIngress({ REDIS_URL: otherRedis.url });
  await waitFor(async () => /^another ingress/.test(await limiterCheck(other)));
  await first.stop();
  await waitFor(async () => (await limiterCheck(other)) === 'ok', { withinMs: 20_000 });
  expect((await send(other.url, phone)).body['reason']).toBe('number_rate_limited');
  expect((await send(other.url, fresh())).status).toBe(200);
});

it('leaves the system to an older version, which ends every epoch of others', async () => {
  // An ingress of the version before does this at each send that finds another's epoch.
  const old = { runs: true };
  let takenBack = 0;
  const oldVersion = (async () => {
    while (old.runs) {
      const [row] = await stack.db.query<{ epoch: string }>('SELECT epoch FROM limiter_epoch');
      if (row?.epoch.startsWith('old-')) continue;
      await stack.db.query('SELECT ardor_begin_limiter_epoch($1)', [`old-${String(++takenBack)}`]);
    }
  })();
  const newVersion = await startIngress({});
  try {
    await waitFor(async () => /^an ingress of an older version has/.test(await limiterCheck(newVersion)));
    // The first pause is 2.5 to 5 s: many sends, and at most one more try.
    const [statuses] = await sendThroughBoth([newVersion.url], 200);
    expect(new Set(statuses)).toEqual(new Set([503]));
    expect(takenBack).toBeLessThanOrEqual(4);
  } finally {
    old.runs = false;
    await oldVersion;
  }
  await waitFor(async () => (await limiterCheck(newVersion)) === 'ok', { withinMs: 30_000 });
  expect((await send(newVersion.url, fresh())).status).toBe(200);
});
