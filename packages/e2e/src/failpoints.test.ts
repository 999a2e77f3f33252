import type { FailpointName } from '@ardor/runtime/process/failpoint';
import { request } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { query, scriptedNumber, send } from '@ardor/testkit/api';
import { waitFor } from '@ardor/runtime/wait-for';
import { testKeyring } from '@ardor/testkit/fixtures';
import { type Service, startService } from '@ardor/devstack/service';
import { freePort } from '@ardor/testkit/free-port';
import { startStack, type Stack } from './stack.js';

/**
 * A process dies by SIGKILL in each gap of a message's way and is started again. The carrier takes a reference as often
 * as it gets it. CLAIM_LEASE_MS stays as it is: a claim that only its own end freed would come too late for `waitFor`.
 */
const ENV = {
  GATEWAY_TIMEOUT_MS: '1000',
  WORKER_LEASE_MS: '1000',
  LOOKUP_AFTER_MS: '300',
  TRUST_ABSENCE_AFTER_MS: '2000',
  STRAY_AFTER_MS: '500',
  SWEEP_INTERVAL_MS: '200',
  RETRY_BASE_MS: '100',
  RETRY_CAP_MS: '500',
};
const WITHIN_MS = 12_000;
const LANES = ['otp', 'notify', 'bulk'];
/** Scripts of the simulator. */
const [DELIVERED, THROTTLED_FIRST, NO_RECEIPT] = [0, 4, 8];

let stack: Stack;
let numbers = 0;
const running: Service[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop()));
});

/** A service on ports that it keeps when it is started again. */
async function addressOf(name: 'ingress' | 'worker') {
  const [port, opsPort] = await Promise.all([freePort(), freePort()]);
  const ops = `http://127.0.0.1:${opsPort}`;
  return {
    api: `http://127.0.0.1:${port}`,
    ops,
    start: async (env: { FAILPOINT?: FailpointName; NUMBER_LIMIT_SECONDS?: string } = {}): Promise<Service> => {
      const ports = { HTTP_PORT: String(port), OPS_PORT: String(opsPort) };
      const service = await startService({ name, env: { ...stack.env, ...ports, ...env } });
      running.push(service);
      return service;
    },
  };
}

const healthy = (): string => stack.apis[0] ?? '';

/** The id that the caller was told; undefined when the connection ended without an answer. */
async function sendTo(api: string, phone: string): Promise<string | undefined> {
  const answer = await send(api, phone).catch(() => undefined);
  if (answer) expect(answer).toMatchObject({ status: 200 });
  return answer?.body['sms_uid'];
}

async function died({ exited }: Service): Promise<void> {
  expect(await exited).toEqual({ code: null, signal: 'SIGKILL' });
}

const storedFor = (phone: string): Promise<{ id: string; status: string }[]> =>
  stack.db.query('SELECT id, status FROM messages WHERE phone_mac = $1', [testKeyring().phoneMac(phone)]);

const readJson = async <T>(url: string): Promise<T> => (await (await request(url)).body.json()) as T;
/** The references that the carrier has taken more than once. */
const duplicates = async () => (await readJson<{ duplicates: string[] }>(`${stack.simulator}/ledger`)).duplicates;
/** What the carrier says of a message; undefined when it has never seen it. */
const atCarrier = async (id: string) => (await readJson<{ state?: string }>(`${stack.simulator}/messages/${id}`)).state;

/** Jobs that wait, are under way or were left behind by who died over them. */
async function jobs(): Promise<number> {
  const { redis, prefix } = stack.redis;
  const counts = LANES.flatMap((lane) => [
    redis.llen(`${prefix}:${lane}:wait`),
    redis.llen(`${prefix}:${lane}:active`),
    redis.zcard(`${prefix}:${lane}:delayed`),
  ]);
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** How many messages a task of recovery has moved in this worker. */
async function recovered(ops: string, task: string): Promise<number> {
  const metrics = await (await request(`${ops}/metrics`)).body.text();
  return Number(new RegExp(`^ardor_recovered_total{task="${task}"} (\\d+)`, 'm').exec(metrics)?.[1] ?? 0);
}

/** It comes to its end and stays there, and the carrier has taken it once in all that time. */
async function endsOnce(id: string, end: 'delivered' | 'sent'): Promise<void> {
  await waitFor(async () => (await query(healthy(), id)).body['status'] === end, { withinMs: WITHIN_MS });
  // Not before the queue has brought back what the dead process held: that is when it might go out again.
  await waitFor(async () => (await jobs()) === 0, { withinMs: WITHIN_MS });
  expect((await query(healthy(), id)).body).toMatchObject({ status: end, error_code: '0' });
  expect(await atCarrier(id)).toBe(end === 'sent' ? 'taken' : end);
  expect(await duplicates()).not.toContain(id);
}

async function expectTaken(api: string, phone: string): Promise<void> {
  expect(await send(api, phone)).toMatchObject({ status: 429, body: { reason: 'number_rate_limited' } });
}

describe('an ingress that dies', () => {
  beforeAll(async () => {
    stack = await startStack({ env: ENV });
  });
  afterAll(() => stack.close());

  it.each<{ at: FailpointName; answered: boolean; by?: string }>([
    { at: 'accept.after_commit', answered: false, by: 'requeue' },
    { at: 'accept.before_queue', answered: true, by: 'requeue' },
    { at: 'accept.after_queue', answered: true },
  ])('at $at has stored a message that is delivered once (answered: $answered)', async ({ at, answered, by }) => {
    const worker = stack.ops[1] ?? '';
    const moved = by ? await recovered(worker, by) : 0;
    const phone = scriptedNumber(DELIVERED, numbers++);
    const { api, start } = await addressOf('ingress');
    const armed = await start({ FAILPOINT: at });
    const told = await sendTo(api, phone);
    await died(armed);
    const rows = await storedFor(phone);
    expect(rows).toHaveLength(1);
    expect(told).toBe(answered ? rows[0]?.id : undefined);
    await start();
    await endsOnce(rows[0]?.id ?? '', 'delivered');
    if (by) expect(await recovered(worker, by)).toBe(moved + 1);
    await expectTaken(api, phone);
  });

  it('at accept.before_commit has stored nothing, and its number is free again after the slot’s life', async () => {
    const slotSeconds = 4;
    const phone = scriptedNumber(DELIVERED, numbers++);
    const { api, start } = await addressOf('ingress');
    const armed = await start({ FAILPOINT: 'accept.before_commit', NUMBER_LIMIT_SECONDS: String(slotSeconds) });
    expect(await sendTo(api, phone)).toBeUndefined();
    await died(armed);
    // Nobody is left to give the slot back.
    const limited = await send(healthy(), phone);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers['retry-after'])).toBeLessThanOrEqual(slotSeconds);
    expect(await storedFor(phone)).toEqual([]);
    await start();
    const again = await waitFor(
      async () => {
        const answer = await send(api, phone);
        return answer.status === 200 && answer.body['sms_uid'];
      },
      { withinMs: slotSeconds * 1_000 },
    );
    expect(await storedFor(phone)).toMatchObject([{ id: again }]);
    await endsOnce(again, 'delivered');
    await expectTaken(api, phone);
  });
});

describe('a worker that dies', () => {
  beforeAll(async () => {
    stack = await startStack({ workers: 0, env: ENV });
  });
  afterAll(() => stack.close());

  interface Death {
    readonly at: FailpointName;
    readonly script: number;
    /** What the dead worker has left behind: the row, and what the carrier says. Absent where a receipt may change it. */
    readonly left?: { readonly status: string; readonly carrier: string | undefined };
    readonly end: 'delivered' | 'sent';
    /** The tasks of recovery that it takes. */
    readonly by: readonly string[];
  }

  it.each<Death>([
    {
      at: 'deliver.after_claim',
      script: DELIVERED,
      left: { status: 'sending', carrier: undefined },
      end: 'delivered',
      by: ['take_over', 'resolve'],
    },
    { at: 'deliver.after_send', script: DELIVERED, end: 'delivered', by: [] },
    {
      at: 'deliver.after_send',
      script: NO_RECEIPT,
      left: { status: 'sending', carrier: 'taken' },
      end: 'sent',
      by: ['take_over', 'resolve'],
    },
    {
      at: 'deliver.after_send',
      script: THROTTLED_FIRST,
      left: { status: 'sending', carrier: 'throttled' },
      end: 'delivered',
      by: ['take_over', 'resolve'],
    },
    { at: 'deliver.after_settle', script: DELIVERED, end: 'delivered', by: [] },
    {
      at: 'deliver.after_settle',
      script: NO_RECEIPT,
      left: { status: 'sent', carrier: 'taken' },
      end: 'sent',
      by: [],
    },
    {
      at: 'deliver.after_settle',
      script: THROTTLED_FIRST,
      left: { status: 'queuing', carrier: 'throttled' },
      end: 'delivered',
      by: [],
    },
  ])('at $at (number of script $script) leaves a message that ends $end, sent once', async (death) => {
    const phone = scriptedNumber(death.script, numbers++);
    const { ops, start } = await addressOf('worker');
    const armed = await start({ FAILPOINT: death.at });
    const id = (await sendTo(healthy(), phone)) ?? '';
    await died(armed);
    expect(await jobs()).toBe(1);
    const [row] = await storedFor(phone);
    if (death.left) expect({ status: row?.status, carrier: await atCarrier(id) }).toEqual(death.left);
    await start();
    await endsOnce(id, death.end);
    for (const task of death.by)
      expect({ task, moved: (await recovered(ops, task)) > 0 }).toEqual({ task, moved: true });
    await expectTaken(healthy(), phone);
  });
});
