import { execFileSync } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { type Child, startChild } from '@ardor/devstack/child';
import { CHECKOUT } from '@ardor/devstack/service';
import { DEMO } from '@ardor/domain/message/demo';
import { waitFor } from '@ardor/runtime/wait-for';
import { scriptedNumber } from '@ardor/testkit/api';
import { freePort } from '@ardor/testkit/free-port';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Agent, request } from 'undici';
import { startStack, type Stack } from './stack.js';

/** Postgres, Redis, the ops port and the process itself need most of them. */
const OPEN_FILES = 256;

let stack: Stack;
let ingress: Child & { readonly api: string; readonly ops: string };
/** A client whose one connection is open before the trouble begins. */
let established: Agent;
const strangers: Socket[] = [];
let numbers = 0;

beforeAll(async () => {
  stack = await startStack({ ingresses: 0, workers: 0, env: { DATABASE_TIMEOUT_MS: '1000' } });
});
afterAll(() => stack.close());
beforeEach(async () => {
  const [HTTP_PORT, OPS_PORT] = [String(await freePort()), String(await freePort())];
  const child = await startChild({
    name: 'ingress',
    command: 'prlimit',
    args: [`--nofile=${OPEN_FILES}:${OPEN_FILES}`, process.execPath, `${CHECKOUT}services/ingress/dist/main.js`],
    cwd: CHECKOUT,
    env: { PATH: process.env['PATH'], ...stack.env, HTTP_PORT, OPS_PORT },
  });
  ingress = { ...child, api: `http://127.0.0.1:${HTTP_PORT}`, ops: `http://127.0.0.1:${OPS_PORT}` };
  await waitFor(async () => (await get('/readyz')).status === 200);
  established = new Agent({ connections: 1 });
  expect((await send()).status).toBe(200);
});
afterEach(async () => {
  for (const stranger of strangers.splice(0)) stranger.destroy();
  await established.close();
  await ingress.stop();
});

/** Asks the ops port on a connection of its own. */
async function get(path: string): Promise<{ status: number; text: string }> {
  const dispatcher = new Agent({ connect: { timeout: 2_000 }, headersTimeout: 2_000 });
  try {
    const { statusCode, body } = await request(ingress.ops + path, { dispatcher });
    return { status: statusCode, text: await body.text() };
  } catch {
    return { status: 0, text: '' };
  } finally {
    await dispatcher.destroy();
  }
}

async function send(dispatcher = established): Promise<{ status: number; reason: unknown }> {
  const { statusCode, body } = await request(`${ingress.api}/api/sms/v1/sendsms`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ client_id: DEMO.clientId, passcode: DEMO.passcode, templet_id: DEMO.templateId },
      ...{ phone_number: scriptedNumber(0, numbers++), contents: [{ p1: '8888' }] },
    }),
    dispatcher,
  });
  return { status: statusCode, reason: ((await body.json()) as { reason?: string }).reason };
}

it('strangers with more connections than there are descriptors keep nobody out', async () => {
  for (let n = 0; n < 2 * OPEN_FILES; n++) {
    const port = Number(new URL(ingress.api).port);
    strangers.push(
      connect(port, '127.0.0.1')
        .on('error', () => undefined)
        .resume(),
    );
  }
  const closedOnes = /^ardor_connections_closed_total\{port="api",cause="room"\} [1-9]/m;
  await waitFor(async () => closedOnes.test((await get('/metrics')).text));
  for (let n = 0; n < 10; n++) expect(await send()).toEqual({ status: 200, reason: undefined });
  expect((await get('/healthz')).status).toBe(200);
  expect((await get('/readyz')).status).toBe(200);
  const newcomer = new Agent({ connections: 1 });
  await waitFor(async () => (await send(newcomer).catch(() => ({ status: 0 }))).status === 200);
  await newcomer.close();
  const { text } = await get('/metrics');
  expect(Number(/^process_open_fds (\d+)/m.exec(text)?.[1])).toBeLessThan(OPEN_FILES);
  expect(ingress.output()).toContain('connection limit reached');
});

it('a process without a descriptor for a new connection to Postgres says 503, and goes on when it has one', async () => {
  const limitTo = (files: number): unknown =>
    execFileSync('prlimit', ['--pid', String(ingress.pid), `--nofile=${files}:`]);
  limitTo(1);
  await stack.db.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'ardor'`,
  );
  const answers: unknown[] = [];
  for (let n = 0; n < 5; n++) answers.push(await send());
  limitTo(OPEN_FILES);
  await waitFor(async () => (await send()).status === 200);
  expect(answers).toEqual(answers.map(() => ({ status: 503, reason: 'database_unavailable' })));
});
