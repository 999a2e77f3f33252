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
const SAMPLE_MS = 5_000;

const { url, prefix, clear } = createTestRedis();
const producing = openRedis({ url, policy: 'producer', commandTimeoutMs: 2_000, onError: () => undefined });
const consuming = openRedis({ url, policy: 'consumer', onError: () => undefined });
const deliveryQueue = createDeliveryQueue([{ connection: producing, prefix }], () => undefined, Date.now);
const nextId = createUuid7();
let db: TestDatabase<Database>;

beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
});
afterEach(() => Promise.all(deliveryQueue.queues.map(({ queue }) => queue.obliterate({ force: true }))));
afterAll(async () => {
  await deliveryQueue.close();
  producing.disconnect();
  consuming.disconnect();
  await clear();
  await db.drop();
});

async function add(lane: Lane): Promise<void> {
  const id = nextId();
  await deliveryQueue.enqueue([{ chunkId: id, lane, ids: [id] }]);
}

/** Over the real queue and database, and a clock that the test moves. */
function watched(fields: Partial<LivenessDeps> = {}) {
  let clock = 0;
  const liveness = createLiveness({
    waiting: () => deliveryQueue.countReady(),
    database: () => db.database.ping(),
    now: () => clock,
    limitMs: LIMIT_MS,
    sampleEveryMs: SAMPLE_MS,
    ...fields,
  });
  const pass = (ms: number): void => void (clock += ms);
  return { liveness, pass, sampleAll: () => sampleFor(liveness, pass) };
}

/** Samples as often as it should for a little longer than the limit. */
async function sampleFor(liveness: Liveness, pass: (ms: number) => void, ms = LIMIT_MS * 1.2): Promise<void> {
  for (let passed = 0; passed <= ms; passed += SAMPLE_MS) {
    await liveness.sample();
    pass(SAMPLE_MS);
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

describe('a worker becomes unhealthy', () => {
  it('when jobs of a lane waited for longer than the limit and it finished none', async () => {
    const { liveness, sampleAll } = watched();
    await add('bulk');
    expect(liveness.unhealthyReason()).toBeUndefined();
    await sampleAll();
    expect(liveness.unhealthyReason()).toBe('no job finished for 60 s while jobs waited: bulk');
  });

  it('when its jobs were tried and failed', async () => {
    const { liveness, sampleAll, pass } = watched();
    // More than can fail before the consumer closes: one that failed is held back and does not wait.
    await Promise.all(Array.from({ length: 500 }, () => add('otp')));
    await sampleFor(liveness, pass, LIMIT_MS * 0.9);
    let tries = 0;
    await consume(
      'otp',
      liveness,
      () => Promise.reject(new Error(String(tries++))),
      () => tries > 0,
    );
    await sampleAll();
    expect(liveness.unhealthyReason()).toContain('otp');
  });

  it('while another server of the queue is away', async () => {
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
    const half = createDeliveryQueue(shards, () => undefined, Date.now);
    const { liveness, sampleAll } = watched({ waiting: half.countReady });
    await add('bulk');
    await sampleAll();
    await half.close();
    lost.disconnect();
    expect(liveness.unhealthyReason()).toContain('bulk');
  });

  it('and is healthy again when it finishes a job', async () => {
    const { liveness, sampleAll } = watched();
    await add('otp');
    await add('bulk');
    await sampleAll();
    expect(liveness.unhealthyReason()).toContain('otp, bulk');
    await consume(
      'bulk',
      liveness,
      () => Promise.resolve(),
      () => liveness.unhealthyReason() === undefined,
    );
  });
});

describe('a worker stays healthy', () => {
  it('when it has nothing to do', async () => {
    const { liveness, sampleAll } = watched();
    await sampleAll();
    expect(liveness.unhealthyReason()).toBeUndefined();
  });

  it('when its backlog is younger than the limit', async () => {
    const { liveness, pass } = watched();
    await add('otp');
    await sampleFor(liveness, pass, LIMIT_MS);
    expect(liveness.unhealthyReason()).toBeUndefined();
  });

  it('when it goes on in another lane', async () => {
    const { liveness, pass } = watched();
    await add('bulk');
    await sampleFor(liveness, pass, LIMIT_MS * 0.9);
    await add('otp');
    let done = false;
    await consume(
      'otp',
      { ...liveness, progress: () => (liveness.progress(), (done = true)) },
      () => Promise.resolve(),
      () => done,
    );
    await sampleFor(liveness, pass, LIMIT_MS * 0.9);
    expect(liveness.unhealthyReason()).toBeUndefined();
  });

  it('when its lane was empty at one sample', async () => {
    const { liveness, pass } = watched();
    await add('otp');
    await sampleFor(liveness, pass, LIMIT_MS * 0.9);
    await deliveryQueue.queues[0]?.queue.drain();
    await liveness.sample();
    await add('otp');
    await sampleFor(liveness, pass, LIMIT_MS * 0.9);
    expect(liveness.unhealthyReason()).toBeUndefined();
  });

  it('when its lane is paused', async () => {
    const { liveness, sampleAll } = watched();
    await add('otp');
    await deliveryQueue.queues[0]?.queue.pause();
    await sampleAll();
    await deliveryQueue.queues[0]?.queue.resume();
    expect(liveness.unhealthyReason()).toBeUndefined();
  });

  it('while the database is away', async () => {
    const nowhere = openDatabase({ url: 'postgresql://nobody@127.0.0.1:1/none', pool: 1, timeoutMs: 500 });
    const { liveness, sampleAll } = watched({ database: () => nowhere.ping() });
    await add('otp');
    await sampleAll();
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
    const blind = createDeliveryQueue([{ connection: lost, prefix }], () => undefined, Date.now);
    const { liveness, sampleAll } = watched({ waiting: () => blind.countReady() });
    await sampleAll();
    await blind.close();
    lost.disconnect();
    expect(liveness.unhealthyReason()).toBeUndefined();
  });

  it('when its process was paused', async () => {
    const { liveness, pass } = watched();
    await add('otp');
    await liveness.sample();
    pass(LIMIT_MS * 10);
    await liveness.sample();
    expect(liveness.unhealthyReason()).toBeUndefined();
  });
});
