import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { clearLockedPorts } from 'get-port';
import { Redis } from 'ioredis';
import { startChild } from './child.js';
import { startRedis } from './redis.js';
import { CHECKOUT } from './service.js';
import type { StoreServer } from './store-server.js';

/** Shared with `pnpm start`, so that a machine without Redis fetches it once. */
const cacheDir = join(CHECKOUT, '.ardor/tools');

let dataDir = '';
beforeEach(() => void (dataDir = mkdtempSync(join(tmpdir(), 'ardor-redis-'))));
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** Runs `use` against a Redis on `dataDir` and always stops it. */
async function withRedis<T>(persist: boolean, use: (client: Redis, server: StoreServer) => Promise<T>): Promise<T> {
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
  it('takes no command without its password, which only its user can read', async () => {
    await withRedis(true, async (_, { url }) => {
      const stranger = new Redis(url.replace(/:[^:@]+@/, ''), { retryStrategy: null });
      stranger.on('error', () => undefined);
      await expect(stranger.get('kept')).rejects.toThrow('NOAUTH');
      stranger.disconnect();
    });
    for (const file of ['password', 'redis.conf']) expect(statSync(join(dataDir, file)).mode & 0o777).toBe(0o600);
  });

  it('listens on the loopback, never evicts, and keeps its data and its port over a restart', async () => {
    const port = await withRedis(true, async (client, server) => {
      await client.set('kept', '7');
      expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
      expect(await client.config('GET', 'bind')).toEqual(['bind', '127.0.0.1']);
      return server.port;
    });
    // get-port gives no port twice in one process; a restart is another process.
    clearLockedPorts();
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
      server.kill('SIGKILL');
      expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });
    });
    await withRedis(true, async (client) => expect(await client.get('kept')).toBe('7'));
  });

  it('stops what a killed run left behind', async () => {
    const leftover = await startChild({
      name: 'leftover',
      command: process.execPath,
      args: ['-e', 'setInterval(() => 0, 1000)'],
      cwd: dataDir,
      env: {},
      pidFile: join(dataDir, 'process.pid'),
    });
    await withRedis(false, async (client) => {
      expect(await leftover.exited).toEqual({ code: null, signal: 'SIGTERM' });
      expect(await client.ping()).toBe('PONG');
    });
  });

  it('does not take another Redis on its port for itself', async () => {
    await withRedis(false, async (_, { port }) => {
      const second = startRedis({ dataDir: join(dataDir, 'other'), port, persist: false, cacheDir });
      await expect(second).rejects.toThrow('Address already in use');
    });
  });

  it('tries another port when its own was taken meanwhile', async () => {
    await withRedis(false, async (_, { port }) => {
      const other = join(dataDir, 'other');
      const first = await startRedis({ dataDir: other, persist: false, cacheDir });
      await first.stop();
      writeFileSync(join(other, 'port'), String(port));
      const second = await startRedis({ dataDir: other, persist: false, cacheDir });
      expect(second.port).not.toBe(port);
      await second.stop();
    });
  });
});
