import { createUuid7 } from '@ardor/domain/message/uuid7';
import { waitFor } from '@ardor/runtime/wait-for';
import { createTestRedis } from '@ardor/testkit/fixtures';
import { freePort } from '@ardor/testkit/free-port';
import { startTcpProxy, through, type TcpProxy } from '@ardor/testkit/tcp-proxy';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openRedis } from '@ardor/runtime/redis/open-redis';
import { startConsumer } from './consumer.js';
import { createDeliveryQueue } from './delivery-queue.js';

const { url, prefix, redis, clear } = createTestRedis();
const nextId = createUuid7();
let proxy: TcpProxy;
let throughProxy: string;
beforeAll(async () => {
  const target = new URL(url);
  proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port) });
  throughProxy = through(proxy, url);
});
afterAll(async () => {
  await proxy.close();
  await clear();
});

const chunk = () => {
  const id = nextId();
  return { chunkId: id, lane: 'otp' as const, ids: [id] };
};

describe('a producer connection', () => {
  it('rejects within its timeout while Redis hangs, and works again after that', async () => {
    const connection = openRedis({
      url: throughProxy,
      policy: 'producer',
      commandTimeoutMs: 200,
      onError: () => undefined,
    });
    const deliveryQueue = createDeliveryQueue([{ connection, prefix }], () => undefined, Date.now);
    try {
      await deliveryQueue.enqueue([chunk()]);
      proxy.hang(true);
      await expect(deliveryQueue.enqueue([chunk()])).rejects.toThrow('Command timed out');
      proxy.hang(false);
      const one = chunk();
      await waitFor(async () => {
        await deliveryQueue.enqueue([one]);
        return redis.exists(`${prefix}:otp:${one.chunkId}`).then(Boolean);
      });
    } finally {
      await deliveryQueue.close();
      connection.disconnect();
    }
  });

  it('reconnects after it was cut', async () => {
    const errors: unknown[] = [];
    const connection = openRedis({
      url: throughProxy,
      policy: 'producer',
      commandTimeoutMs: 500,
      onError: (error) => errors.push(error),
    });
    try {
      await waitFor(() => connection.status === 'ready');
      proxy.cut();
      await waitFor(() => connection.status !== 'ready');
      await waitFor(() => connection.ping());
    } finally {
      connection.disconnect();
    }
  });

  it('rejects at once where no server listens, and reports why', async () => {
    const errors: unknown[] = [];
    const nowhere = `redis://127.0.0.1:${await freePort()}`;
    const connection = openRedis({
      url: nowhere,
      policy: 'producer',
      commandTimeoutMs: 500,
      onError: (error) => errors.push(error),
    });
    try {
      await waitFor(() => errors.length > 0);
      expect(errors[0]).toMatchObject({ code: 'ECONNREFUSED' });
      await expect(connection.ping()).rejects.toThrow();
    } finally {
      connection.disconnect();
    }
  });
});

describe('a consumer connection', () => {
  it('takes jobs again within 4 s after it was cut, also when the wake-up was lost', async () => {
    const seen: string[] = [];
    const consuming = openRedis({ url: throughProxy, policy: 'consumer', onError: () => undefined });
    const producing = openRedis({ url, policy: 'producer', commandTimeoutMs: 2_000, onError: () => undefined });
    const deliveryQueue = createDeliveryQueue([{ connection: producing, prefix }], () => undefined, Date.now);
    const consumer = startConsumer({
      ...{
        connection: consuming,
        prefix,
        lane: 'notify',
        concurrency: 1,
        closeMs: 7_000,
        onError: () => undefined,
        onFailed: () => undefined,
      },
      process: (ids) => Promise.resolve(void seen.push(...ids)),
    });
    try {
      for (const times of [1, 2]) {
        await deliveryQueue.enqueue([{ ...chunk(), lane: 'notify' }]);
        await waitFor(() => seen.length === times, { withinMs: 4_000 });
        proxy.cut();
      }
    } finally {
      await consumer.close();
      await deliveryQueue.close();
      producing.disconnect();
      consuming.disconnect();
    }
  });
});
