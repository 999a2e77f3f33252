import { createUuid7 } from '@ardor/domain/message/uuid7';
import { openRedis } from '@ardor/runtime/redis/open-redis';
import { startConsumer } from '@ardor/queue/consumer';
import { createDeliveryQueue } from '@ardor/queue/delivery-queue';
import { openDatabase, type Database } from '@ardor/store/sql/database';
import { waitFor } from '@ardor/runtime/wait-for';
import { createTestDatabase, createTestRedis, type TestDatabase } from '@ardor/testkit/fixtures';
import type { Lane } from '@ardor/domain/message/status';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createLiveness, type Liveness, type LivenessDeps } from './liveness.js';

const LIMIT_MS = 60_000;

const { url, prefix, clear } = createTestRedis();
const producing = openRedis({ url, policy: 'producer', commandTimeoutMs: 2_000, onError: () => undefined });
const consuming = openRedis({ url, policy: 'consumer', onError: () => undefined });
const producer = createDeliveryQueue([{ connection: producing, prefix }], () => undefined);
const nextId = createUuid7();
let db: TestDatabase<Database>;

beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
});
afterEach(() => Promise.all(producer.queues.map(({ queue }) => queue.obliterate({ force: true }))));
afterAll(async () => {
  await producer.close();
  producing.disconnect();
  consuming.disconnect();
  await clear();
  await db.drop();
});

async function add(lane: Lane): Promise<void> {
  const id = nextId();
  await producer.enqueue([{ chunkId: id, lane, ids: [id] }]);
}

/** Over the real queue and database, and a clock that the test moves. */
function watched(fields: Partial<LivenessDeps> = {}) {
  let clock = 0;
  const liveness = createLiveness({
    waiting: () => producer.countReady(),
    database: () => db.database.ping(),
    now: () => clock,
    limitMs: LIMIT_MS,
    ...fields,
  });
  const pass = (ms: number): void => void (clock += ms);
  return { liveness, pass, look: () => lookFor(liveness, pass) };
}

/** Looks as often as it should for a little longer than the limit. */
async function lookFor(liveness: Liveness, pass: (ms: number) => void, ms = LIMIT_MS * 1.2): Promise<void> {
  for (let passed = 0; passed <= ms; passed += liveness.sampleEveryMs) {
    await liveness.sample();
    pass(liveness.sampleEveryMs);
  }
}

/** Works on one job of the lane, with what `process` does, until `until`. */
async function consume(
  lane: Lane,
  liveness: Liveness,
  process: () => Promise<void>,
  until: () => boolean,
): Promise<void> {
  const consumer = startConsumer({
    ...{ connection: consuming, prefix, lane, concurrency: 1, onError: () => undefined, onFailed: () => undefined },
    process,
    closeMs: 7_000,
    onCompleted: liveness.progress,
  });
  await waitFor(until);
  await consumer.close();
}

describe('a worker is sick', () => {
  it('when jobs of a lane waited for longer than the limit and it finished none', async () => {
    const { liveness, look } = watched();
    await add('bulk');
    expect(liveness.unhealthyReason()).toBeUndefined();
    await look();
    expect(liveness.unhealthyReason()).toBe('no job finished for 60 s while jobs waited: bulk');
  });

  it('also when it tried and failed', async () => {
    const { liveness, look, pass } = watched();
    // More than can fail before the consumer closes: one that failed is held back and does not wait.
    await Promise.all(Array.from({ length: 500 }, () => add('otp')));
    await lookFor(liveness, pass, LIMIT_MS * 0.9);
    let tries = 0;
    await consume(
      'otp',
      liveness,
      () => Promise.reject(new Error(String(tries++))),
      () => tries > 0,
    );
    await look();
    expect(liveness.unhealthyReason()).toContain('otp');
  });

  it('also while another server of the queue is away', async () => {
    const lost = openRedis({
      url: 'redis://127.0.0.1:1',
      policy: 'producer',
      commandTimeoutMs: 200,
      onError: () => undefined,
    });
    const shards = [
      { connection: producing, prefix },
      { connection: lost, prefix },
    ];
    const half = createDeliveryQueue(shards, () => undefined);
    const { liveness, look } = watched({ waiting: half.countReady });
    await add('bulk');
    await look();
    await half.close();
    lost.disconnect();
    expect(liveness.unhealthyReason()).toContain('bulk');
  });

  it('until it finishes a job', async () => {
    const { liveness, look } = watched();
    await add('otp');
    await add('bulk');
    await look();
    expect(liveness.unhealthyReason()).toContain('otp, bulk');
    await consume(
      'bulk',
      liveness,
      () => Promise.resolve(),
      () => liveness.unhealthyReason() === undefined,
    );
  });
});

describe('a worker is healthy', () => {
  it('that has nothing to do', async () => {
    const { liveness, look } = watched();
    await look();
    expect(liveness.unhealthyReason()).toBeUndefined();
  });

  it('whose backlog is not as old as the limit', async () => {
    const { liveness, pass } = watched();
    await add('otp');
    await lookFor(liveness, pass, LIMIT_MS);
    expect(liveness.unhealthyReason()).toBeUndefined();
  });

  it('that goes on in another lane', async () => {
    const { liveness, pass } = watched();
    await add('bulk');
    await lookFor(liveness, pass, LIMIT_MS * 0.9);
    await add('otp');
    let done = false;
    await consume(
      'otp',
      { ...liveness, progress: () => (liveness.progress(), (done = true)) },
      () => Promise.resolve(),
      () => done,
    );
    await lookFor(liveness, pass, LIMIT_MS * 0.9);
    expect(liveness.unhealthyReason()).toBeUndefined();
  });

  it('whose lane was empty at one look', async () => {
    const { liveness, pass } = watched();
    await add('otp');
    await lookFor(liveness, pass, LIMIT_MS * 0.9);
    await producer.queues[0]?.queue.drain();
    await liveness.sample();
    await add('otp');
    await lookFor(liveness, pass, LIMIT_MS * 0.9);
    expect(liveness.unhealthyReason()).toBeUndefined();
  });

  it('whose lane is paused', async () => {
    const { liveness, look } = watched();
    await add('otp');
    await producer.queues[0]?.queue.pause();
    await look();
    await producer.queues[0]?.queue.resume();
    expect(liveness.unhealthyReason()).toBeUndefined();
  });

  it('while the database is away', async () => {
    const nowhere = openDatabase({ url: 'postgresql://nobody@127.0.0.1:1/none', pool: 1, timeoutMs: 500 });
    const { liveness, look } = watched({ database: () => nowhere.ping() });
    await add('otp');
    await look();
    await nowhere.close();
    expect(liveness.unhealthyReason()).toBeUndefined();
  });

  it('while Redis is away', async () => {
    const lost = openRedis({
      url: 'redis://127.0.0.1:1',
      policy: 'producer',
      commandTimeoutMs: 200,
      onError: () => undefined,
    });
    const blind = createDeliveryQueue([{ connection: lost, prefix }], () => undefined);
    const { liveness, look } = watched({ waiting: () => blind.countReady() });
    await look();
    await blind.close();
    lost.disconnect();
    expect(liveness.unhealthyReason()).toBeUndefined();
  });

  it('that was itself asleep', async () => {
    const { liveness, pass } = watched();
    await add('otp');
    await liveness.sample();
    pass(LIMIT_MS * 10);
    await liveness.sample();
    expect(liveness.unhealthyReason()).toBeUndefined();
  });
});
