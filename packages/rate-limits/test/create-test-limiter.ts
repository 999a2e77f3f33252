import { randomBytes, randomUUID } from 'node:crypto';
import { createTestRedis } from '@ardor/testkit/fixtures';
import { waitFor } from '@ardor/runtime/wait-for';
import { startTcpProxy, through, type TcpProxy } from '@ardor/testkit/tcp-proxy';
import { afterAll, beforeAll, expect } from '@jest/globals';
import type { Redis } from 'ioredis';
import { openRedis } from '@ardor/runtime/redis/open-redis';
import type { ClientQuota } from '../src/client-quota.js';
import { createLimiter, type Limiter, type LimiterOptions, type SendSlot } from '../src/limiter.js';
import type { SlotDecision } from '../src/read-decisions.js';

/** A client's quota; nothing is bounded but what `limits` say. */
export const quotaOf = (clientId: string, limits: Partial<ClientQuota> = {}): ClientQuota => ({
  clientId,
  sendsPerSecond: undefined,
  sendsPerDay: undefined,
  queriesPerSecond: undefined,
  countryCapFloor: undefined,
  ...limits,
});

const UNBOUNDED = quotaOf('c');

export const slot = (
  slotKey: Uint8Array = randomBytes(16),
  quota: ClientQuota = UNBOUNDED,
  country = 'CN',
): SendSlot => ({ slotKey, quota, country });

export type Limits = Partial<Omit<LimiterOptions, 'prefix'>>;

export interface TestLimiter extends Limiter {
  /** Before every key of this limiter. */
  readonly prefix: string;
}

export interface CompleteLimiter extends TestLimiter {
  /** The decisions alone. Each call has an owner of its own unless one is given. Throws while slots are restored. */
  take(slots: readonly SendSlot[], owner?: string): Promise<readonly SlotDecision[]>;
}

/** What a process does that restores, without slots to put back. */
export async function markComplete({ slotsState }: Limiter, epoch: string): Promise<void> {
  await slotsState.tryLock(epoch, 5_000);
  expect(await slotsState.markComplete(await slotsState.runId(), epoch)).toBe(true);
}

export async function asComplete(limiter: TestLimiter): Promise<CompleteLimiter> {
  await markComplete(limiter, 'e1');
  const take = async (slots: readonly SendSlot[], owner: string = randomUUID()): Promise<readonly SlotDecision[]> => {
    const taken = await limiter.takeSlots(slots, owner);
    if (taken.kind !== 'decided') throw new Error(taken.kind);
    return taken.decisions;
  };
  return { ...limiter, take };
}

/** Limiters of one test file, each with a prefix of its own; `redis` reads and writes their keys directly. */
export function createTestLimiters() {
  const { url, prefix, redis, clear } = createTestRedis();
  const connection = openRedis({ url, policy: 'limiter', commandTimeoutMs: 1_000, onError: () => undefined });
  beforeAll(() => waitFor(() => connection.status === 'ready'));
  afterAll(async () => {
    connection.disconnect();
    await clear();
  });
  let spaces = 0;
  /** One whose slots are not marked complete yet. */
  const restoringLimiter = (limits: Limits = {}, own = `${prefix}:${spaces++}:`): TestLimiter => {
    const defaults: Omit<LimiterOptions, 'prefix'> = {
      redis: connection,
      numberSeconds: 60,
      numberScope: 'system',
      sendsPerSecond: 1_000,
      queriesPerSecond: 1_000,
      countryCap: ({ countryCapFloor }) => countryCapFloor,
    };
    return { ...createLimiter({ ...defaults, ...limits, prefix: own }), prefix: own };
  };
  const completeLimiter = (limits: Limits = {}): Promise<CompleteLimiter> => asComplete(restoringLimiter(limits));
  /** A limiter over a clock that the test sets. It starts at midnight of UTC. */
  const limiterWithClock = async (limits: Limits = {}) => {
    const clock = `${prefix}:${spaces++}:clock`;
    await setClock(redis, clock, MIDNIGHT_MS);
    const limiter = await completeLimiter({ ...limits, redis: withClock(connection, clock) });
    return { ...limiter, setMs: (ms: number) => setClock(redis, clock, MIDNIGHT_MS + ms) };
  };
  return { url, redis, connection, restoringLimiter, completeLimiter, limiterWithClock };
}

const MIDNIGHT_MS = Date.UTC(2027, 0, 15);

/** A connection whose scripts read the time from a Redis list (seconds, microseconds) in place of TIME. */
export function withClock(connection: Redis, clock: string): Redis {
  const script = (command: 'LOAD', text: string) =>
    connection.script(command, text.replace("redis.call('TIME')", `redis.call('LRANGE', '${clock}', 0, -1)`));
  return new Proxy(connection, {
    get: (target, name) => {
      if (name === 'script') return script;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Sets the clock of `withClock`, Unix ms. */
export async function setClock(redis: Redis, clock: string, ms: number): Promise<void> {
  const time = [Math.floor(ms / 1_000), (ms % 1_000) * 1_000];
  await redis
    .multi()
    .del(clock)
    .rpush(clock, ...time)
    .exec();
}

/** A connection that a proxy may disturb. */
export async function disturbed(
  url: string,
  timeoutMs: number,
  run: (redis: Redis, proxy: TcpProxy) => Promise<void>,
): Promise<void> {
  const target = new URL(url);
  const proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port) });
  const redis = openRedis({
    url: through(proxy, url),
    policy: 'limiter',
    commandTimeoutMs: timeoutMs,
    onError: () => undefined,
  });
  try {
    await waitFor(() => redis.status === 'ready');
    await run(redis, proxy);
  } finally {
    redis.disconnect();
    await proxy.close();
  }
}
