import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { request } from 'undici';
import { startService } from '@ardor/devstack/service';
import { waitFor } from '@ardor/runtime/wait-for';
import { scriptedNumber, send } from '@ardor/testkit/api';
import { startOwnRedis, type OwnRedis } from '@ardor/testkit/own-redis';
import { startStack, type Stack } from './stack.js';

/** More failures than one line each could hide: a worker has several connections and tries them all again. */
const MANY = 25;

let redis: OwnRedis;
let stack: Stack;
beforeAll(async () => {
  redis = await startOwnRedis();
  stack = await startStack({ env: { REDIS_URL: redis.url, RETRY_BASE_MS: '50', RETRY_CAP_MS: '100' } });
});
afterAll(async () => {
  await stack.close();
  await redis.remove();
});

interface Line {
  readonly event: string;
  readonly part?: string;
  readonly host?: string;
  readonly count?: number;
  readonly error?: { readonly code?: string };
}

/** What a service has logged about a dependency. */
const linesAbout = (part: string, service = stack.workers[0]): Line[] =>
  (service?.output() ?? '')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line.part === part);

async function failuresOf(part: string): Promise<number> {
  const metrics = await (await request(`${stack.ops[1] ?? ''}/metrics`)).body.text();
  return Number(new RegExp(`^ardor_dependency_failures_total{part="${part}"} (\\d+)`, 'm').exec(metrics)?.[1] ?? 0);
}

it('a worker logs the outage of Redis once with its host, counts every failure, and logs its end', async () => {
  await redis.stop();
  await waitFor(async () => (await failuresOf('queue')) >= MANY);
  expect(linesAbout('queue')).toEqual([
    expect.objectContaining({ event: 'dependency failed', host: new URL(redis.url).host, count: 1 }),
  ]);
  await redis.start();
  const end = await waitFor(() => linesAbout('queue')[1]);
  expect(end).toMatchObject({ event: 'dependency is back', host: new URL(redis.url).host });
  expect(end.count).toBeGreaterThanOrEqual(MANY);
});

it('so does an ingress, for its queue and for its limiter', async () => {
  for (const part of ['queue', 'limiter']) {
    const lines = await waitFor(() => {
      const found = linesAbout(part, stack.ingresses[0]);
      return found.length >= 2 && found;
    });
    expect(lines.map(({ event, host }) => [event, host])).toEqual([
      ['dependency failed', new URL(redis.url).host],
      ['dependency is back', new URL(redis.url).host],
    ]);
  }
});

it('a worker logs a dead carrier once with its cause and host, and when it is back', async () => {
  await stack.carrier.stop();
  // The limiter has lost its slots with Redis and restores them first.
  let n = 0;
  await waitFor(async () => (await send(stack.apis[0] ?? '', scriptedNumber(0, n++))).status === 200);
  await waitFor(async () => (await failuresOf('carrier')) >= 5);
  expect(linesAbout('carrier')).toEqual([
    expect.objectContaining({
      event: 'dependency failed',
      host: new URL(stack.simulator).host,
      error: expect.objectContaining({ code: 'ECONNREFUSED' }),
    }),
  ]);
  const successor = await startService({ name: 'simulator', env: stack.carrier.env });
  try {
    const end = await waitFor(() => linesAbout('carrier')[1]);
    expect(end).toMatchObject({ event: 'dependency is back', host: new URL(stack.simulator).host });
  } finally {
    await successor.stop();
  }
});
