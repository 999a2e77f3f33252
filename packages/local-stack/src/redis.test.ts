import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { startChild } from './child.js';
import { FolderInUse } from './folder-lock.js';
import { type RunningRedis, startRedis } from './redis.js';

/** Shared with `pnpm start`, so that a machine without Redis fetches it once. */
const cacheDir = join(import.meta.dirname, '../../../.ardor/tools');

let dataDir = '';
beforeEach(() => void (dataDir = mkdtempSync(join(tmpdir(), 'ardor-redis-'))));
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** Runs `use` against a Redis on `dataDir` and always stops it. */
async function withRedis<T>(persist: boolean, use: (client: Redis, server: RunningRedis) => Promise<T>): Promise<T> {
  const server = await startRedis({ dataDir, persist, cacheDir });
  const client = new Redis(server.url, { retryStrategy: null });
  client.on('error', () => undefined);
  try {
    return await use(client, server);
  } finally {
    if (client.status !== 'end') await client.quit();
    await server.stop();
  }
}

describe('startRedis', () => {
  it('listens on the loopback, never evicts, and keeps its data over a restart', async () => {
    const port = await withRedis(true, async (client, server) => {
      await client.set('kept', '7');
      expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
      expect(await client.config('GET', 'bind')).toEqual(['bind', '127.0.0.1']);
      return server.port;
    });
    await withRedis(true, async (client, server) => {
      expect(await client.get('kept')).toBe('7');
      expect(server.port).toBe(port);
    });
  });

  it('keeps nothing when asked to', async () => {
    await withRedis(false, (client) => client.set('kept', '7'));
    await withRedis(false, async (client) => expect(await client.get('kept')).toBeNull());
  });

  it('comes back after it was killed', async () => {
    await withRedis(true, async (client, server) => {
      await client.set('kept', '7');
      process.kill(server.pid, 'SIGKILL');
      expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });
    });
    await withRedis(true, async (client) => expect(await client.get('kept')).toBe('7'));
  });

  it('stops what a killed run left behind', async () => {
    const orphan = await startChild({
      ...{ name: 'orphan', command: process.execPath, args: ['-e', 'setInterval(() => 0, 1000)'], cwd: dataDir },
      ...{ env: process.env, logFile: join(dataDir, 'orphan.log'), pidFile: join(dataDir, 'process.pid') },
    });
    await withRedis(false, async (client) => {
      expect(await orphan.exited).toEqual({ code: null, signal: 'SIGTERM' });
      expect(await client.ping()).toBe('PONG');
    });
  });

  it('refuses a folder that a live process uses, and a port that is taken', async () => {
    await withRedis(false, async (_, { port }) => {
      await expect(startRedis({ dataDir, persist: false, cacheDir })).rejects.toThrow(FolderInUse);
      await expect(startRedis({ dataDir: join(dataDir, 'other'), port, persist: false, cacheDir })).rejects.toThrow(
        `port ${port} is taken`,
      );
    });
  });
});
