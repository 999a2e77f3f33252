import { randomBytes, randomUUID } from 'node:crypto';
import { createTestRedis } from '@ardor/testkit/fixtures';
import { waitFor } from '@ardor/runtime/wait-for';
import { startTcpProxy, type TcpProxy } from '@ardor/testkit/tcp-proxy';
import { afterAll, beforeAll, expect } from '@jest/globals';
import type { Redis } from 'ioredis';
import { openLimiterConnection } from '../src/connection.js';
import { createLimiter, type SlotDecision, type Limiter, type LimiterOptions, type Slot } from '../src/limiter.js';

export const slot = (phoneMac: Uint8Array = randomBytes(16)): Slot => ({ phoneMac });

export type Limits = Partial<Omit<LimiterOptions, 'prefix'>>;

/** A limiter, and where its keys are. */
export interface Placed extends Limiter {
  readonly prefix: string;
}

export interface Warmed extends Omit<Placed, 'takeSends'> {
  /** By a holder of the call's own unless one is given. */
  takeSends(slots: readonly Slot[], holder?: string): Promise<readonly SlotDecision[]>;
}

/** What a refill does, without slots to put back. */
export async function declare(own: Limiter, epoch: string): Promise<void> {
  await own.slotsState.tryLock(epoch, 5_000);
  expect(await own.slotsState.markComplete(await own.slotsState.runId(), epoch)).toBe(true);
}

/** Declares a limiter's slots to be complete. */
export async function warm(own: Placed): Promise<Warmed> {
  await declare(own, 'e1');
  const takeSends = async (slots: readonly Slot[], holder: string = randomUUID()): Promise<readonly SlotDecision[]> => {
    const taken = await own.takeSlots(slots, holder);
    if (taken.kind === 'cold') throw new Error('cold');
    return taken.grants;
  };
  return { ...own, takeSends };
}

/** Limiters of one test file, each with keys of its own; `redis` looks behind them. */
export function createTestLimiters() {
  const { url, prefix, redis, clear } = createTestRedis();
  const connection = openLimiterConnection({ url, timeoutMs: 1_000, onError: () => undefined });
  beforeAll(() => waitFor(() => connection.status === 'ready'));
  afterAll(async () => {
    connection.disconnect();
    await clear();
  });
  let spaces = 0;
  const cold = (limits: Limits = {}, own = `${prefix}:${spaces++}:`): Placed => {
    const usual = { redis: connection, numberSeconds: 60, sendsPerSecond: 1_000, queriesPerSecond: 1_000 };
    return { ...createLimiter({ ...usual, ...limits, prefix: own }), prefix: own };
  };
  return { url, redis, connection, cold, limiter: (limits: Limits = {}) => warm(cold(limits)) };
}

/** A connection that a proxy may disturb. */
export async function disturbed(
  url: string,
  timeoutMs: number,
  run: (redis: Redis, proxy: TcpProxy) => Promise<void>,
): Promise<void> {
  const target = new URL(url);
  const proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port) });
  const redis = openLimiterConnection({ url: `redis://127.0.0.1:${proxy.port}`, timeoutMs, onError: () => undefined });
  try {
    await waitFor(() => redis.status === 'ready');
    await run(redis, proxy);
  } finally {
    redis.disconnect();
    await proxy.close();
  }
}
