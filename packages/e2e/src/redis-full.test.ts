import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '@ardor/devstack/redis';
import type { StoreServer } from '@ardor/devstack/store-server';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { query, send } from '@ardor/testkit/api';
import { waitFor } from '@ardor/runtime/wait-for';
import { redisUrl } from '@ardor/testkit/fixtures';
import { TOOLS } from '@ardor/testkit/paths';
import { startStack, type Stack } from './stack.js';

let server: StoreServer;
let redis: Redis;
let stack: Stack | undefined;
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ardor-full-'));
  server = await startRedis({ dataDir: folder, persist: false, cacheDir: TOOLS });
  redis = new Redis(server.url);
});
afterEach(async () => {
  await redis.config('SET', 'maxmemory', '0');
  await stack?.close();
  await redis.quit();
  await server.remove();
});

/** Makes Redis refuse every command that needs memory; `maxmemory-policy` is noeviction. */
const fill = (): Promise<unknown> => redis.config('SET', 'maxmemory', '1');

const api = (): string => stack?.apis[0] ?? '';
const isDelivered = (id: string) => waitFor(async () => (await query(api(), id)).body['status'] === 'delivered');
const numbersStored = async (): Promise<number> =>
  Number((await stack?.db.query<{ count: string }>('SELECT count(*) FROM messages'))?.[0]?.count);

describe('a Redis that is full', () => {
  it('refuses sends while it is the limiter’s, stores nothing, and goes on by itself once it has room', async () => {
    stack = await startStack({ env: { REDIS_URL: server.url, QUERY_LIMIT_PER_SECOND: '100000' } });
    await waitFor(async () => (await send(api(), '13800138000')).status === 200);
    const before = await numbersStored();
    await fill();
    for (let n = 0; n < 20; n++) {
      const { status, body, headers } = await send(api(), `1390013${String(8_000 + n)}`);
      // `no_answer_in_time` would be a response that came late.
      expect({ status, reason: body['reason'] }).toEqual({ status: 503, reason: 'limiter_unavailable' });
      expect(headers['retry-after']).toBe('1');
    }
    expect(await numbersStored()).toBe(before);
    await redis.config('SET', 'maxmemory', '0');
    const { body } = await waitFor(async () => {
      const answer = await send(api(), '13800138001');
      return answer.status === 200 && answer;
    });
    await isDelivered(body['sms_uid'] ?? '');
  });

  it('refuses nothing while it is only the queue’s; what was accepted meanwhile goes once it has room', async () => {
    stack = await startStack({
      env: { REDIS_URL: server.url, LIMITER_REDIS_URL: redisUrl(), REQUEUE_AFTER_MS: '500' },
    });
    await fill();
    const { status, body } = await send(api(), '13800138000');
    expect(status).toBe(200);
    const id = body['sms_uid'] ?? '';
    // It is overdue, and recovery has tried it in vain.
    await waitFor(async () =>
      stack?.db.query('SELECT 1 FROM messages WHERE id = $1 AND due_at < now()', [id]).then((rows) => rows.length > 0),
    );
    expect((await query(api(), id)).body).toMatchObject({ status: 'queuing' });
    await redis.config('SET', 'maxmemory', '0');
    await isDelivered(id);
  });
});
