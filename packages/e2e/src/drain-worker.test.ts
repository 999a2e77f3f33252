import { request } from 'undici';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { send } from '@ardor/testkit/api';
import { waitFor } from '@ardor/runtime/wait-for';
import { type Service, launchService } from '@ardor/devstack/service';
import { startStack, type Stack } from './stack.js';

const MESSAGES = 3_000;
const AT_ONCE = 64;
/** About as many messages as the worker may hold. It is stopped when it holds most of them. */
const IN_FLIGHT = 1_000;

let stack: Stack;
const workers: Service[] = [];
beforeAll(async () => {
  stack = await startStack({
    workers: 0,
    env: { SHUTDOWN_SECONDS: '10' },
    simulatorArgs: ['--latency-ms', '500'],
  });
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await stack.close();
});

async function startWorker(): Promise<Service> {
  const [chunks] = await stack.db.query<{ count: string }>('SELECT count(DISTINCT chunk_id) FROM messages');
  const concurrency = Math.ceil((IN_FLIGHT * Number(chunks?.count)) / MESSAGES);
  const env = { ...stack.env, OTP_CONCURRENCY: String(concurrency) };
  const worker = await launchService({ name: 'worker', env });
  workers.push(worker);
  return worker;
}

async function rowsThatAre(...statuses: string[]): Promise<number> {
  const rows = await stack.db.query<{ count: string }>('SELECT count(*) FROM messages WHERE status::text = ANY($1)', [
    statuses,
  ]);
  return Number(rows[0]?.count);
}

it('finishes what it holds on SIGTERM and leaves the rest to the next, each message once', async () => {
  const api = stack.apis[0] ?? '';
  let next = 0;
  const sender = async (): Promise<void> => {
    while (next < MESSAGES) expect((await send(api, `138${String(10_000_000 + next++)}`)).status).toBe(200);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));

  const first = await startWorker();
  await waitFor(async () => (await rowsThatAre('sending')) >= IN_FLIGHT * 0.7, { withinMs: 20_000, everyMs: 5 });
  // Exit code 1 would mean that SHUTDOWN_SECONDS was over, or that a close failed.
  expect(await first.stop()).toEqual({ code: 0, signal: null });
  expect(first.output()).toContain('"event":"stopped"');
  expect(await rowsThatAre('sending', 'uncertain')).toBe(0);
  expect(await rowsThatAre('queuing')).toBeGreaterThan(0);

  await startWorker();
  await waitFor(async () => (await rowsThatAre('queuing', 'sending', 'uncertain')) === 0);
  const ledger = await (await request(`${stack.simulator}/ledger`)).body.json();
  expect(ledger).toMatchObject({ taken: MESSAGES, references: MESSAGES, duplicates: [] });
}, 120_000);
