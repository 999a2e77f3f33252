import pg from 'pg';
import { request } from 'undici';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { query, send } from '@ardor/testkit/api';
import { waitFor } from '@ardor/runtime/wait-for';
import { type Service, startService } from '@ardor/devstack/service';
import { startStack, type Stack } from './stack.js';

let stack: Stack;
let worker: Service | undefined;
let locking: pg.Client;
beforeAll(async () => {
  stack = await startStack({
    workers: 0,
    env: {
      OTP_CONCURRENCY: '1',
      ...{ LIVENESS_SECONDS: '2', CLAIM_LEASE_MS: '1500', GATEWAY_TIMEOUT_MS: '400', DATABASE_TIMEOUT_MS: '60000' },
    },
  });
});
afterAll(async () => {
  await locking.end();
  await worker?.stop();
  await stack.close();
});

it('a worker that gets nowhere says so at /healthz, and is well again when it goes on', async () => {
  const api = stack.apis[0] ?? '';
  const ids: string[] = [];
  for (const n of [1, 2, 3, 4]) ids.push((await send(api, `1380013800${n}`)).body['sms_uid'] ?? '');
  // Only claims wait for this lock: the database answers, and no job ends.
  locking = new pg.Client({ connectionString: stack.db.url });
  await locking.connect();
  await locking.query('BEGIN; LOCK TABLE messages IN EXCLUSIVE MODE');

  worker = await startService({ name: 'worker', env: stack.env });
  const { opsUrl } = worker;
  const health = async (): Promise<{ status: number; body: unknown }> => {
    const { statusCode, body } = await request(`${opsUrl}/healthz`);
    return { status: statusCode, body: await body.json() };
  };
  expect(await health()).toEqual({ status: 200, body: { status: 'ok' } });
  const unhealthy = await waitFor(async () => {
    const answer = await health();
    return answer.status !== 200 && answer;
  });
  expect(unhealthy).toEqual({
    status: 503,
    body: { status: 'sick', reason: 'no job finished for 2 s while jobs waited: otp' },
  });

  await locking.query('ROLLBACK');
  await waitFor(async () => (await health()).status === 200);
  for (const id of ids) await waitFor(async () => (await query(api, id)).body['status'] === 'delivered');
  expect((await health()).status).toBe(200);
});
