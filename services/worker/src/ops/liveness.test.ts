import { createUuid7 } from '@ardor/domain/message/uuid7';
import { openQueueConnection } from '@ardor/queue/connection';
import { startConsumer } from '@ardor/queue/consumer';
import { createProducer } from '@ardor/queue/producer';
import { createShardedProducer } from '@ardor/queue/sharded-producer';
import { openDatabase, type Database } from '@ardor/store/sql/database';
import { waitFor } from '@ardor/runtime/wait-for';
import { createTestDatabase, createTestRedis, type TestDatabase } from '@ardor/testkit/fixtures';
import type { Lane } from '@ardor/domain/message/status';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createLiveness, type Liveness, type LivenessDeps } from './liveness.js';

const LIMIT_MS = 60_000;

const { url, prefix, clear } = createTestRedis();
const producing = openQueueConnection({ url, commandTimeoutMs: 2_000, onError: () => undefined });
const consuming = openQueueConnection({ url, onError: () => undefined });
const producer = createProducer(producing, prefix, () => undefined);
const nextId = createUuid7();
let db: TestDatabase<Database>;

beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
});
afterEach(() => Promise.all(producer.queues.map((queue) => queue.obliterate({ force: true }))));
afterAll(async () => {
  await producer.close();
  producing.disconnect();
  consuming.disconnect();
  await clear();
  await db.drop();
});

async function add(lane: Lane): Promise<void> {
  const id = nextId();
  await producer.add([{ chunkId: id, lane, ids: [id] }]);
}

/** Over the real queue and database, and a clock that the test moves. */
function watched(fields: Partial<LivenessDeps> = {}) {
  let clock = 0;
  const liveness = createLiveness({
    waiting: () => producer.waiting(),
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
    const lost = openQueueConnection({ url: 'redis://127.0.0.1:1', commandTimeoutMs: 200, onError: () => undefined });
    const shards = [
      { connection: producing, prefix },
      { connection: lost, prefix },
    ];
    const half = createShardedProducer(shards, () => undefined);
    const { liveness, look } = watched({ waiting: half.waiting });
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
    await producer.queues[0]?.drain();
    await liveness.sample();
    await add('otp');
    await lookFor(liveness, pass, LIMIT_MS * 0.9);
    expect(liveness.unhealthyReason()).toBeUndefined();
  });

  it('whose lane is paused', async () => {
    const { liveness, look } = watched();
    await add('otp');
    await producer.queues[0]?.pause();
    await look();
    await producer.queues[0]?.resume();
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
    const lost = openQueueConnection({ url: 'redis://127.0.0.1:1', commandTimeoutMs: 200, onError: () => undefined });
    const blind = createProducer(lost, prefix, () => undefined);
    const { liveness, look } = watched({ waiting: () => blind.waiting() });
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
