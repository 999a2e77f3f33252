import { type Service, startService } from '@ardor/devstack/service';
import type { FailpointName } from '@ardor/runtime/process/failpoint';
import { waitFor } from '@ardor/runtime/wait-for';
import { query, send } from '@ardor/testkit/api';
import { testKeyring } from '@ardor/testkit/fixtures';
import { freePort } from '@ardor/testkit/free-port';
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { request } from 'undici';
import { startStack, type Stack } from './stack.js';

/** Short times, so that recovery is quick. CLAIM_LEASE_MS stays: a claim that only its lease ends would come too late. */
const ENV = {
  GATEWAY_TIMEOUT_MS: '1000',
  WORKER_LEASE_MS: '1000',
  LOOKUP_AFTER_MS: '300',
  TRUST_ABSENCE_AFTER_MS: '2000',
  REQUEUE_AFTER_MS: '500',
  SWEEP_INTERVAL_MS: '200',
  RETRY_BASE_MS: '100',
  RETRY_CAP_MS: '500',
};
const WITHIN_MS = 12_000;
const LANES = ['otp', 'notify', 'bulk'];

/** A stack, and services beside it that die at a failpoint. The carrier does not deduplicate. */
export function createCrashStack(options: { readonly workers?: number } = {}) {
  let stack: Stack;
  const running: Service[] = [];
  beforeAll(async () => {
    stack = await startStack({ ...options, env: ENV });
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((service) => service.stop()));
  });
  afterAll(() => stack.close());

  const healthyApi = (): string => stack.apis[0] ?? '';

  /** A service that keeps its ports when it is started again. */
  async function addressOf(name: 'ingress' | 'worker') {
    const ports = { HTTP_PORT: String(await freePort()), OPS_PORT: String(await freePort()) };
    return {
      api: `http://127.0.0.1:${ports.HTTP_PORT}`,
      ops: `http://127.0.0.1:${ports.OPS_PORT}`,
      start: async (env: { FAILPOINT?: FailpointName; NUMBER_LIMIT_SECONDS?: string } = {}): Promise<Service> => {
        const service = await startService({ name, env: { ...stack.env, ...ports, ...env } });
        running.push(service);
        return service;
      },
    };
  }

  /** Sends, and returns the id of the message; undefined when the connection ended without a response. */
  async function sendTo(api: string, phone: string): Promise<string | undefined> {
    const response = await send(api, phone).catch(() => undefined);
    if (response) expect(response).toMatchObject({ status: 200 });
    return response?.body['sms_uid'];
  }

  async function expectKilled({ exited }: Service): Promise<void> {
    expect(await exited).toEqual({ code: null, signal: 'SIGKILL' });
  }

  const storedFor = (phone: string): Promise<{ id: string; status: string }[]> =>
    stack.db.query('SELECT id, status FROM messages WHERE phone_mac = $1', [testKeyring().phoneMac(phone)]);

  /** The carrier's state of a message; undefined when it has never seen it. */
  const stateAtCarrier = async (id: string): Promise<string | undefined> =>
    (await readJson<{ state?: string }>(`${stack.simulator}/messages/${id}`)).state;

  /** Counts jobs that wait, are active, or were left behind by a dead worker. */
  async function jobs(): Promise<number> {
    const { redis, prefix } = stack.redis;
    const counts = LANES.flatMap((lane) => [
      redis.llen(`${prefix}:${lane}:wait`),
      redis.llen(`${prefix}:${lane}:active`),
      redis.zcard(`${prefix}:${lane}:delayed`),
    ]);
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  }

  /** Expects that a message ends so and stays so, and that the carrier took it once. */
  async function expectEndsOnce(id: string, end: 'delivered' | 'sent'): Promise<void> {
    const status = async (): Promise<string | undefined> => (await query(healthyApi(), id)).body['status'];
    await waitFor(async () => (await status()) === end, { withinMs: WITHIN_MS });
    // The queue brings back the job of the dead process, and only then might the message go out again.
    await waitFor(async () => (await jobs()) === 0, { withinMs: WITHIN_MS });
    expect((await query(healthyApi(), id)).body).toMatchObject({ status: end, error_code: '0' });
    expect(await stateAtCarrier(id)).toBe(end === 'sent' ? 'taken' : end);
    const { duplicates } = await readJson<{ duplicates: string[] }>(`${stack.simulator}/ledger`);
    expect(duplicates).not.toContain(id);
  }

  async function expectSlotTaken(api: string, phone: string): Promise<void> {
    expect(await send(api, phone)).toMatchObject({ status: 429, body: { reason: 'number_rate_limited' } });
  }

  const workerOps = (): string => stack.workers[0]?.opsUrl ?? '';
  const api = { healthyApi, workerOps, addressOf, sendTo, storedFor, stateAtCarrier, jobs };
  return { ...api, expectKilled, expectEndsOnce, expectSlotTaken };
}

const readJson = async <T>(url: string): Promise<T> => (await (await request(url)).body.json()) as T;

/** How many messages a recovery duty of this worker has moved. `task` is its published label. */
export async function recovered(ops: string, task: string): Promise<number> {
  const metrics = await (await request(`${ops}/metrics`)).body.text();
  return Number(new RegExp(`^ardor_recovered_total{task="${task}"} (\\d+)`, 'm').exec(metrics)?.[1] ?? 0);
}
