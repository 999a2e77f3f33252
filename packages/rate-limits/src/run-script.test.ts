import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '@ardor/devstack/redis';
import { waitFor } from '@ardor/runtime/wait-for';
import { TOOLS } from '@ardor/testkit/paths';
import { expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { declare, disturbed, createTestLimiters, slot, warm } from '../test/create-test-limiter.js';

const { url, redis, cold } = createTestLimiters();
const TIMEOUT_MS = 1_000;

it('loses no slot of the caller that won it when the reply is lost', () =>
  disturbed(url, 300, async (flaky, proxy) => {
    const own = await warm(cold({ redis: flaky }));
    await own.takeSends([slot()]);
    proxy.loseReplies(true);
    const taking = own.takeSends([slot()]);
    await waitFor(() => proxy.lostBytes() > 0);
    proxy.cut();
    proxy.loseReplies(false);
    expect(await taking).toEqual([{ kind: 'granted' }]);
    expect(await redis.hget(`${own.prefix}sends`, 'n')).toBe('2');
  }));

it('rejects in time while Redis hangs, so that the caller can fail closed', () =>
  disturbed(url, TIMEOUT_MS, async (hung, proxy) => {
    const own = await warm(cold({ redis: hung }));
    await own.takeQueryBudget(1);
    proxy.hang(true);
    const startedAt = performance.now();
    await expect(own.takeSends([slot()])).rejects.toThrow('Command timed out');
    // Once: a second wait would outlast the request.
    expect(performance.now() - startedAt).toBeLessThan(2 * TIMEOUT_MS);
    proxy.hang(false);
    await waitFor(async () => (await own.takeQueryBudget(1)).granted === 1);
  }));

it('grants nothing on the second try at another server, over a cut connection', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'ardor-limits-'));
  const second = await startRedis({ dataDir, persist: false, cacheDir: TOOLS });
  const replica = new Redis(second.url);
  try {
    await disturbed(url, TIMEOUT_MS, async (flaky, proxy) => {
      const own = cold({ redis: flaky });
      await declare(own, 'e1');
      // It has the key that says warm, and lacks the last slots.
      await replica.set(own.slotsState.key, (await redis.get(own.slotsState.key)) ?? '');
      proxy.loseReplies(true);
      const taking = own.takeSlots([slot()], 'me');
      await waitFor(() => proxy.lostBytes() > 0);
      proxy.retarget({ host: '127.0.0.1', port: second.port });
      proxy.loseReplies(false);
      proxy.cut();
      expect(await taking).toEqual({ kind: 'cold' });
    });
  } finally {
    replica.disconnect();
    await second.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});
