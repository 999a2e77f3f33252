import { DEMO } from '@ardor/domain/message/demo';
import { LANES, type Lane } from '@ardor/domain/message/status';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import { openRedis } from '@ardor/runtime/redis/open-redis';
import { createDeliveryQueue, type DeliveryQueue } from '@ardor/queue/delivery-queue';
import { grantTemplate, putTemplate } from '@ardor/store/templates/manage-templates';
import { waitFor } from '@ardor/runtime/wait-for';
import { redisUrl } from '@ardor/testkit/fixtures';
import { startTcpProxy, through, type TcpProxy } from '@ardor/testkit/tcp-proxy';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { freshNumber, send } from '../../test/requests.js';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';
import { createBacklog } from './backlog.js';

const MAX_SECONDS = 60;

let proxy: TcpProxy;
let ingress: TestIngress;
let producer: DeliveryQueue;
let connection: ReturnType<typeof openRedis>;
const nextId = createUuid7();
beforeAll(async () => {
  const target = new URL(redisUrl());
  proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port) });
  ingress = await startTestIngress({
    LIMITER_REDIS_URL: redisUrl(),
    REDIS_URL: through(proxy, redisUrl()),
    MAX_BACKLOG_SECONDS: String(MAX_SECONDS),
  });
  connection = openRedis({ url: redisUrl(), policy: 'producer', commandTimeoutMs: 2_000, onError: () => undefined });
  producer = createDeliveryQueue([{ connection, prefix: ingress.redis.prefix }], () => undefined, Date.now);
  for (const lane of LANES) {
    await putTemplate(ingress.db.database, {
      ...{ id: `in-${lane}`, body: 'Hello', lane, validitySeconds: 60, onUnknown: 'wait' },
    });
    await grantTemplate(ingress.db.database, DEMO.clientId, `in-${lane}`);
  }
});
afterEach(() => Promise.all(producer.queues.map(({ queue }) => queue.obliterate({ force: true }))));
afterAll(async () => {
  await producer.close();
  connection.disconnect();
  await ingress.close();
  await proxy.close();
});

const sendIn = (lane: Lane, phone_number = freshNumber()) =>
  send(ingress, { templet_id: `in-${lane}`, contents: [], phone_number });

/** A job in the lane that has waited for so long. */
async function addOld(lane: Lane, seconds: number): Promise<void> {
  const id = nextId();
  await producer.enqueue([{ chunkId: id, lane, ids: [id] }]);
  await ingress.redis.redis.hset(`${ingress.redis.prefix}:${lane}:${id}`, 'timestamp', Date.now() - seconds * 1_000);
}
const untilRefused = (lane: Lane) =>
  waitFor(async () => {
    const answer = await sendIn(lane);
    return answer.status === 503 && answer;
  });

describe('a lane that waits too long already', () => {
  it('takes no more, the other lanes do, and it takes again once that is over', async () => {
    await addOld('bulk', MAX_SECONDS + 30);
    const refused = await untilRefused('bulk');
    expect(refused.body).toMatchObject({ error_code: '503', reason: 'overloaded', sms_uid: '' });
    expect(refused.headers['retry-after']).toBe('5');
    expect((await sendIn('otp')).status).toBe(200);
    expect((await sendIn('notify')).status).toBe(200);
    const phone = freshNumber();
    expect((await sendIn('bulk', phone)).status).toBe(503);
    await producer.queues.find((one) => one.lane === 'bulk')?.queue.obliterate({ force: true });
    // The refused send took no slot: the same number goes at once.
    await waitFor(async () => (await sendIn('bulk', phone)).status === 200);
  });

  it('takes on where the queue can no longer tell', async () => {
    await addOld('otp', MAX_SECONDS + 30);
    await untilRefused('otp');
    proxy.hang(true);
    await waitFor(async () => (await sendIn('otp')).status === 200);
    proxy.hang(false);
    await untilRefused('otp');
  });
});

describe('the look at the backlog', () => {
  it('refuses for what is older than the limit, and for no less', async () => {
    const ages: Record<Lane, number> = { otp: 60_000, notify: 60_001, bulk: 0 };
    const backlog = createBacklog({ oldestReadyMs: (lane) => Promise.resolve(ages[lane]), maxMs: 60_000 });
    expect(LANES.map(backlog.isTooOld)).toEqual([false, false, false]);
    await backlog.sample();
    expect(LANES.map(backlog.isTooOld)).toEqual([false, true, false]);
  });
});
