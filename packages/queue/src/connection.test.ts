import { createUuid7 } from '@ardor/domain/message/uuid7';
import { waitFor } from '@ardor/runtime/wait-for';
import { createTestRedis } from '@ardor/testkit/fixtures';
import { freePort } from '@ardor/testkit/free-port';
import { startTcpProxy, type TcpProxy } from '@ardor/testkit/tcp-proxy';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openQueueConnection } from './connection.js';
import { startConsumer } from './consumer.js';
import { createProducer } from './producer.js';

const { url, prefix, redis, clear } = createTestRedis();
const nextId = createUuid7();
let proxy: TcpProxy;
let throughProxy: string;
beforeAll(async () => {
  const target = new URL(url);
  proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port) });
  throughProxy = `redis://127.0.0.1:${proxy.port}`;
});
afterAll(async () => {
  await proxy.close();
  await clear();
});

const chunk = () => {
  const id = nextId();
  return { chunkId: id, lane: 'otp' as const, ids: [id] };
};

describe('a producer’s connection', () => {
  it('fails in time while Redis hangs, and works again when Redis does', async () => {
    const connection = openQueueConnection({ url: throughProxy, commandTimeoutMs: 200, onError: () => undefined });
    const producer = createProducer(connection, prefix, () => undefined);
    try {
      await producer.add([chunk()]);
      proxy.hang(true);
      await expect(producer.add([chunk()])).rejects.toThrow('Command timed out');
      proxy.hang(false);
      const one = chunk();
      await waitFor(async () => {
        await producer.add([one]);
        return redis.exists(`${prefix}:otp:${one.chunkId}`).then(Boolean);
      });
    } finally {
      await producer.close();
      connection.disconnect();
    }
  });

  it('is made anew after it was cut, and tells of it', async () => {
    const errors: unknown[] = [];
    const connection = openQueueConnection({
      url: throughProxy,
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

  it('fails at once where nobody listens, and tells why', async () => {
    const errors: unknown[] = [];
    const nowhere = `redis://127.0.0.1:${await freePort()}`;
    const connection = openQueueConnection({
      url: nowhere,
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

describe('a consumer’s connection', () => {
  it('takes jobs again within 4 s after it was cut, also one whose wake-up was lost with it', async () => {
    const seen: string[] = [];
    const consuming = openQueueConnection({ url: throughProxy, onError: () => undefined });
    const producing = openQueueConnection({ url, commandTimeoutMs: 2_000, onError: () => undefined });
    const producer = createProducer(producing, prefix, () => undefined);
    const consumer = startConsumer({
      ...{
        connection: consuming,
        prefix,
        lane: 'notify',
        concurrency: 1,
        onError: () => undefined,
        onFailed: () => undefined,
      },
      process: (ids) => Promise.resolve(void seen.push(...ids)),
    });
    try {
      for (const times of [1, 2]) {
        await producer.add([{ ...chunk(), lane: 'notify' }]);
        await waitFor(() => seen.length === times, { withinMs: 4_000 });
        proxy.cut();
      }
    } finally {
      await consumer.close();
      await producer.close();
      producing.disconnect();
      consuming.disconnect();
    }
  });
});
