import { type Service, startService } from '@ardor/devstack/service';
import { waitFor } from '@ardor/runtime/wait-for';
import { query, scriptedNumber, send } from '@ardor/testkit/api';
import { withClockAhead } from '@ardor/testkit/own-clock';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { request } from 'undici';
import { startStack, type Stack } from './stack.js';

const THREE_MINUTES_MS = 180_000;
const THROTTLED_FIRST = 4;
const MESSAGES = 20;

let stack: Stack;
let api: string;
const workers: Service[] = [];
beforeAll(async () => {
  stack = await startStack({ workers: 0, env: { REQUEUE_AFTER_MS: '1000', SWEEP_INTERVAL_MS: '200' } });
  api = stack.apis[0] ?? '';
});
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()));
});
afterAll(() => stack.close());

/** It is not ready while its clock is wrong, so only its health is waited for. */
async function startWorker(aheadMs = 0): Promise<Service> {
  const worker = await startService({
    name: 'worker',
    env: { ...stack.env, ...(aheadMs === 0 ? {} : withClockAhead(aheadMs)) },
    readyPath: '/healthz',
  });
  workers.push(worker);
  return worker;
}

let numbers = 0;
/** Messages that the carrier throttles at their first attempt. */
const sendThrottled = (): Promise<string[]> =>
  Promise.all(
    Array.from({ length: MESSAGES }, async () => {
      const response = await send(api, scriptedNumber(THROTTLED_FIRST, ++numbers));
      expect(response.status).toBe(200);
      return response.body['sms_uid'] ?? '';
    }),
  );

/** Whether all messages were deferred, and their new jobs were added. */
async function allDeferred(ids: readonly string[]): Promise<boolean> {
  const rows = await stack.db.query<{ chunk_id: string }>(
    `SELECT chunk_id FROM messages WHERE id = ANY($1) AND status = 'queuing' AND reason = 'throttled'`,
    [ids],
  );
  const { redis, prefix } = stack.redis;
  const events = JSON.stringify(await redis.xrange(`${prefix}:otp:events`, '-', '+'));
  return rows.length === ids.length && rows.every(({ chunk_id }) => events.includes(`"delayed","jobId","${chunk_id}"`));
}

async function expectDelivered(ids: readonly string[]): Promise<void> {
  await waitFor(
    async () => {
      const statuses = await Promise.all(ids.map(async (id) => (await query(api, id)).body['status']));
      return statuses.every((status) => status === 'delivered');
    },
    { withinMs: 20_000 },
  );
}

it('a worker whose clock is ahead and that dies after a deferral delays nothing by its clock', async () => {
  const ahead = await startWorker(THREE_MINUTES_MS);
  const ids = await sendThrottled();
  await waitFor(() => allDeferred(ids));
  ahead.kill('SIGKILL');
  await startWorker();
  await expectDelivered(ids);
});

it('a job that was delayed by a clock that is ahead is promoted when its messages are overdue', async () => {
  const ids = await sendThrottled();
  // A worker of an older version would have written this: the time of its own clock.
  const { redis, prefix } = stack.redis;
  const jobs = await waitFor(async () => {
    const waiting = await redis.lrange(`${prefix}:otp:wait`, 0, -1);
    return waiting.length > 0 && waiting;
  });
  for (const job of jobs) {
    await redis.lrem(`${prefix}:otp:wait`, 0, job);
    await redis.hset(`${prefix}:otp:${job}`, 'delay', THREE_MINUTES_MS);
    await redis.zadd(`${prefix}:otp:delayed`, String((Date.now() + THREE_MINUTES_MS) * 0x1000), job);
  }
  await startWorker();
  await expectDelivered(ids);
});

it('a lone worker whose clock is behind delivers what it deferred', async () => {
  await startWorker(-THREE_MINUTES_MS);
  await expectDelivered(await sendThrottled());
});

it('a worker whose clock is ahead keeps the pause that the carrier asks for, and is not ready', async () => {
  const { opsUrl } = await startWorker(THREE_MINUTES_MS);
  const ids = await sendThrottled();
  await expectDelivered(ids);
  // It asks for 500 ms, and the first attempt takes time, too.
  const [row] = await stack.db.query<{ attempts: number; pause: number }>(
    `SELECT max(attempts) AS attempts, min(extract(epoch FROM sent_at - accepted_at))::float8 AS pause FROM messages WHERE id = ANY($1)`,
    [ids],
  );
  expect(row?.attempts).toBe(2);
  expect(row?.pause).toBeGreaterThan(0.4);
  const readiness = await request(`${opsUrl}/readyz`);
  expect(readiness.statusCode).toBe(503);
  const { checks } = (await readiness.body.json()) as { checks: Record<string, string> };
  expect(checks).toMatchObject({ database: 'ok', queue: 'ok' });
  expect(checks['clocks']).toMatch(/^the clock of this process is 1[78]\d{4} ms ahead of that of the database/);
});
