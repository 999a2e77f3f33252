import type { Lane } from '@ardor/domain/message/status';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import { waitFor } from '@ardor/runtime/wait-for';
import { createTestRedis } from '@ardor/testkit/fixtures';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { openRedis } from '@ardor/runtime/redis/open-redis';
import { startConsumer, type ConsumerOptions } from './consumer.js';
import { MalformedJobError } from './job.js';
import { createDeliveryQueue } from './delivery-queue.js';

const { url, prefix, redis, clear } = createTestRedis();
const errors: unknown[] = [];
const onError = (error: unknown): void => void errors.push(error);
const producing = openRedis({ url, policy: 'producer', commandTimeoutMs: 2_000, onError });
const consuming = openRedis({ url, policy: 'consumer', onError });
const deliveryQueue = createDeliveryQueue([{ connection: producing, prefix }], onError, Date.now);
const nextId = createUuid7();

const running: { close(): Promise<void> }[] = [];
function consume(options: Partial<ConsumerOptions> & Pick<ConsumerOptions, 'process'>): void {
  const defaults = {
    connection: consuming,
    prefix,
    lane: 'otp' as Lane,
    concurrency: 1,
    closeMs: 7_000,
    onError,
    onFailed: () => undefined,
  };
  running.push(startConsumer({ ...defaults, ...options }));
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((consumer) => consumer.close()));
  await Promise.all(deliveryQueue.queues.map(({ queue }) => queue.obliterate({ force: true })));
});
afterAll(async () => {
  await deliveryQueue.close();
  producing.disconnect();
  consuming.disconnect();
  await clear();
  expect(errors).toEqual([]);
});

/** Adds a job with one id and returns the id. */
async function added(lane: Lane = 'otp'): Promise<string> {
  const id = nextId();
  await deliveryQueue.enqueue([{ chunkId: id, lane, ids: [id] }]);
  return id;
}
const jobsOf = async (lane: Lane): Promise<number> =>
  (await deliveryQueue.queues.find((one) => one.lane === lane)?.queue.count()) ?? 0;
/** The Redis keys that name one of these jobs. */
const kept = async (...ids: string[]): Promise<string[]> =>
  (await redis.keys(`${prefix}*`)).filter((key) => ids.some((id) => key.includes(id)));

describe('a consumer', () => {
  it('waits at close for the job in flight, for closeMs at most', async () => {
    const late: unknown[] = [];
    let finish = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      const process = (): Promise<void> => {
        resolve();
        return new Promise((ended) => (finish = ended));
      };
      consume({ process, closeMs: 300, onError: (error) => void late.push(error) });
    });
    await added();
    await begun;
    const startedAt = performance.now();
    await running.pop()?.close();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(299);
    expect(String(late[0])).toContain('did not end in time');
    finish();
    await waitFor(async () => (await jobsOf('otp')) === 0);
  });

  it('passes on the ids of each job, and leaves nothing of the job in Redis', async () => {
    const seen: string[] = [];
    consume({ process: (ids) => Promise.resolve(void seen.push(...ids)) });
    const ids = [await added(), await added(), await added()];
    await waitFor(() => seen.length === 3);
    expect([...seen].sort()).toEqual(ids.sort());
    await waitFor(async () => (await kept(...ids)).length === 0);
  });

  it('takes jobs of its own lane only', async () => {
    const seen: string[] = [];
    consume({ lane: 'notify', process: (ids) => Promise.resolve(void seen.push(...ids)) });
    await added('otp');
    await added('bulk');
    const mine = await added('notify');
    await waitFor(() => seen.length > 0);
    expect(seen).toEqual([mine]);
    expect([await jobsOf('otp'), await jobsOf('bulk')]).toEqual([1, 1]);
  });

  it('works on `concurrency` jobs at once and no more', async () => {
    let open = 0;
    let most = 0;
    let done = 0;
    const gates: (() => void)[] = [];
    consume({
      concurrency: 3,
      process: async () => {
        most = Math.max(most, ++open);
        await new Promise<void>((resolve) => gates.push(resolve));
        open--;
        done++;
      },
    });
    for (let count = 0; count < 7; count++) await added();
    await waitFor(() => open === 3);
    await waitFor(() => {
      gates.splice(0).forEach((pass) => pass());
      return done === 7;
    });
    expect(most).toBe(3);
  });

  it('tries a job that throws five times, then keeps nothing of it', async () => {
    let tries = 0;
    const failures: (string | undefined)[] = [];
    consume({
      process: () => {
        tries++;
        return Promise.reject(new Error('no'));
      },
      onFailed: (jobId) => failures.push(jobId),
    });
    const id = await added();
    await waitFor(async () => tries === 5 && failures.length === 5 && (await kept(id)).length === 0);
    expect(failures).toEqual(Array(5).fill(id));
    expect(await deliveryQueue.queues[0]?.queue.getJobCounts()).toMatchObject({
      failed: 0,
      completed: 0,
      delayed: 0,
      waiting: 0,
      active: 0,
    });
  });

  it('removes a job that succeeds at a later try', async () => {
    let tries = 0;
    consume({ process: () => (++tries < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve()) });
    const id = await added();
    await waitFor(async () => tries === 3 && (await kept(id)).length === 0);
  });

  it('fails a malformed job and goes on with the next', async () => {
    const seen: string[] = [];
    const failures: unknown[] = [];
    consume({
      process: (ids) => Promise.resolve(void seen.push(...ids)),
      onFailed: (_, error) => failures.push(error),
    });
    await deliveryQueue.queues[0]?.queue.add('deliver', { v: 2, ids: [nextId()] } as never, { attempts: 1 });
    const id = await added();
    await waitFor(() => seen.length > 0 && failures.length > 0);
    expect(seen).toEqual([id]);
    expect(failures[0]).toBeInstanceOf(MalformedJobError);
  });

  it('takes no other job while it closes', async () => {
    const seen: string[] = [];
    let pass: (() => void) | undefined;
    consume({
      process: async (ids) => {
        await new Promise<void>((resolve) => (pass = resolve));
        seen.push(...ids);
      },
    });
    const first = await added();
    await waitFor(() => pass !== undefined);
    const second = await added();
    const closing = running.pop()?.close();
    pass?.();
    await closing;
    expect(seen).toEqual([first]);
    expect(await kept(second)).not.toEqual([]);
  });
});
