import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '@ardor/devstack/redis';
import { waitFor } from '@ardor/runtime/wait-for';
import { TOOLS } from '@ardor/testkit/paths';
import { expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { asComplete, createTestLimiters, disturbed, markComplete, slot, quotaOf } from '../test/create-test-limiter.js';

const { url, redis, restoringLimiter } = createTestLimiters();
const ONE = [{ quota: quotaOf('c'), count: 1 }];
const TIMEOUT_MS = 1_000;

it('a caller keeps the slots it was granted when the reply is lost', () =>
  disturbed(url, 300, async (flaky, proxy) => {
    const own = await asComplete(restoringLimiter({ redis: flaky }));
    await own.take([slot()]);
    proxy.loseReplies(true);
    const taking = own.take([slot()]);
    await waitFor(() => proxy.lostBytes() > 0);
    proxy.cut();
    proxy.loseReplies(false);
    expect(await taking).toEqual([{ kind: 'granted' }]);
    expect(await redis.hget(`${own.prefix}sends`, 'n')).toBe('2');
  }));

it('a call rejects within its timeout while Redis hangs', () =>
  disturbed(url, TIMEOUT_MS, async (hung, proxy) => {
    const own = await asComplete(restoringLimiter({ redis: hung }));
    await own.takeQueries(ONE);
    proxy.hang(true);
    const startedAt = performance.now();
    await expect(own.take([slot()])).rejects.toThrow('Command timed out');
    // The call is not repeated: a second wait would outlast the request.
    expect(performance.now() - startedAt).toBeLessThan(2 * TIMEOUT_MS);
    proxy.hang(false);
    await waitFor(async () => (await own.takeQueries(ONE))[0]?.granted === 1);
  }));

it('the second try grants nothing when the new connection leads to another server', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'ardor-limits-'));
  const second = await startRedis({ dataDir, persist: false, password: false, cacheDir: TOOLS });
  const replica = new Redis(second.url);
  try {
    await disturbed(url, TIMEOUT_MS, async (flaky, proxy) => {
      const own = restoringLimiter({ redis: flaky });
      await markComplete(own, 'e1');
      // A replica that has the mark and lacks the last slots.
      await replica.set(own.slotsState.key, (await redis.get(own.slotsState.key)) ?? '');
      proxy.loseReplies(true);
      const taking = own.takeSlots([slot()], 'me');
      await waitFor(() => proxy.lostBytes() > 0);
      proxy.retarget({ host: '127.0.0.1', port: second.port });
      proxy.loseReplies(false);
      proxy.cut();
      expect(await taking).toEqual({ kind: 'restoring' });
    });
  } finally {
    replica.disconnect();
    await second.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});
