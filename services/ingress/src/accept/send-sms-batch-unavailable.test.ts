import { DEMO } from '@ardor/domain/message/demo';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import { openRedis } from '@ardor/runtime/redis/open-redis';
import { createDeliveryQueue, type DeliveryQueue } from '@ardor/queue/delivery-queue';
import { grantTemplate, putTemplate } from '@ardor/store/templates/manage-templates';
import { waitFor } from '@ardor/runtime/wait-for';
import { redisUrl } from '@ardor/testkit/fixtures';
import { startTcpProxy, type TcpProxy } from '@ardor/testkit/tcp-proxy';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { message, resultsOf, sendBatch } from '../../test/requests.js';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';

let limiter: TcpProxy;
let database: TcpProxy;
let ingress: TestIngress;
let queue: ReturnType<typeof openRedis>;
let producer: DeliveryQueue;
beforeAll(async () => {
  const target = new URL(redisUrl());
  limiter = await startTcpProxy({ host: target.hostname, port: Number(target.port) });
  ingress = await startTestIngress(
    {
      ...{ LIMITER_REDIS_URL: `redis://127.0.0.1:${limiter.port}`, LIMITER_TIMEOUT_MS: '100' },
      ...{
        CLIENT_CACHE_MS: '5000',
        DATABASE_TIMEOUT_MS: '400',
        ANSWER_DEADLINE_MS: '5000',
        ANSWER_MAX_MS: '5000',
        MAX_BACKLOG_SECONDS: '60',
      },
    },
    async (url) => {
      const { hostname, port } = new URL(url);
      database = await startTcpProxy({ host: hostname, port: Number(port) });
      return Object.assign(new URL(url), { port: String(database.port) }).href;
    },
  );
  queue = openRedis({ url: redisUrl(), policy: 'producer', commandTimeoutMs: 2_000, onError: () => undefined });
  producer = createDeliveryQueue([{ connection: queue, prefix: ingress.redis.prefix }], () => undefined, Date.now);
  for (const lane of ['otp', 'bulk'] as const) {
    const id = `in-${lane}`;
    await putTemplate(ingress.db.database, { id, body: 'Hello', lane, validitySeconds: 60, onUnknown: 'wait' });
    await grantTemplate(ingress.db.database, DEMO.clientId, id);
  }
});
afterAll(async () => {
  await producer.close();
  queue.disconnect();
  await ingress.close();
  await limiter.close();
  await database.close();
});

const inLane = (lane: string, fields = {}) => message({ templet_id: `in-${lane}`, contents: [], ...fields });
const both = (fields?: object) => [inLane('otp', fields), inLane('bulk')];
const accepts = (messages: () => unknown[]) =>
  waitFor(async () => resultsOf(await sendBatch(ingress, messages())).every(({ status }) => status === 'queuing'));
const stored = async (): Promise<number> => (await ingress.db.query('SELECT 1 FROM messages')).length;
// Records that are fresh, a limiter and a database that answer.
beforeEach(() => accepts(both));

async function expectWhole(messages: readonly unknown[], reason: string, retryAfter: string): Promise<void> {
  const answer = await sendBatch(ingress, messages);
  expect({ status: answer.status, body: answer.body as unknown }).toMatchObject({
    ...{ status: 503, body: { sms_uid: '', status: 'error', error_code: '503', reason } },
  });
  expect(answer.body).not.toHaveProperty('results');
  expect(answer.headers['retry-after']).toBe(retryAfter);
}

describe('a batch is refused as a whole', () => {
  it('while the limiter hangs: nothing is stored, and its numbers are free when it is back', async () => {
    const messages = both();
    const before = await stored();
    limiter.hang(true);
    await expectWhole(messages, 'limiter_unavailable', '1');
    expect(await stored()).toBe(before);
    limiter.hang(false);
    await accepts(() => messages);
  });

  it('while the database hangs', async () => {
    database.hang(true);
    await expectWhole(both(), 'database_unavailable', '1');
    database.hang(false);
  });

  it('and not for its bad messages: those are told beside the others’ 503', async () => {
    limiter.hang(true);
    const answer = await sendBatch(ingress, [{}, ...both()]);
    limiter.hang(false);
    expect(answer.status).toBe(200);
    expect(resultsOf(answer)).toMatchObject([
      { error_code: '400', reason: 'invalid_request' },
      { error_code: '503', reason: 'limiter_unavailable', retry_after: '1' },
      { error_code: '503', reason: 'limiter_unavailable', retry_after: '1' },
    ]);
  });
});

describe('while a lane is behind', () => {
  it('only its messages are refused; the call is when it has no others, and never promises more than is true', async () => {
    const bulk = producer.queues.find(({ lane }) => lane === 'bulk')?.queue;
    const id = createUuid7()();
    await bulk?.obliterate({ force: true });
    await producer.enqueue([{ chunkId: id, lane: 'bulk', ids: [id] }]);
    await ingress.redis.redis.hset(`${ingress.redis.prefix}:bulk:${id}`, 'timestamp', Date.now() - 90_000);

    const mixed = await waitFor(async () => {
      const results = resultsOf(await sendBatch(ingress, both()));
      return results[1]?.status === 'error' && results;
    });
    expect(mixed).toMatchObject([{ status: 'queuing' }, { error_code: '503', reason: 'overloaded', retry_after: '5' }]);
    await expectWhole([inLane('bulk'), inLane('bulk')], 'overloaded', '5');

    // The first says that nothing was accepted, which is not known of the second.
    database.hang(true);
    await expectWhole([inLane('bulk'), inLane('otp')], 'database_unavailable', '1');
    database.hang(false);

    await bulk?.obliterate({ force: true });
    await accepts(both);
  });
});
