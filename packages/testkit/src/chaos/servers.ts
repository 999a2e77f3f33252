import { join } from 'node:path';
import { startPostgres, type RunningPostgres } from '@ardor/local-stack/postgres';
import { startRedis, type RunningRedis } from '@ardor/local-stack/redis';
import { Redis } from 'ioredis';
import { TOOLS } from '../places.js';
import { startTcpProxy, type TcpProxy } from '../tcp-proxy.js';

/** A server that can be hurt. Its clients reach it through the proxy, whose port never changes. */
export interface Victim {
  readonly proxy: TcpProxy;
  /** Behind the proxy. */
  readonly directUrl: () => string;
  readonly pid: () => number;
  /** Kills it and brings it back on the same data; resolves when it answers again. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startPostgresVictim(folder: string): Promise<Victim> {
  const start = (port?: number): Promise<RunningPostgres> =>
    startPostgres({ dataDir: join(folder, 'postgres'), port, durable: false });
  let running = await start();
  const proxy = await startTcpProxy({ host: '127.0.0.1', port: running.port });
  return {
    proxy,
    directUrl: () => running.url,
    pid: () => running.pid,
    restart: async () => {
      // SIGQUIT is Postgres' immediate shutdown: no checkpoint, recovery from the log at the next start.
      process.kill(running.pid, 'SIGQUIT');
      await running.exited;
      running = await start(running.port);
    },
    stop: async () => {
      await proxy.close();
      await running.stop();
    },
  };
}

export async function startRedisVictim(folder: string): Promise<Victim & { readonly wipe: () => Promise<void> }> {
  const start = (port?: number): Promise<RunningRedis> =>
    startRedis({ dataDir: join(folder, 'redis'), port, persist: true, cacheDir: TOOLS });
  let running = await start();
  const proxy = await startTcpProxy({ host: '127.0.0.1', port: running.port });
  return {
    proxy,
    directUrl: () => running.url,
    pid: () => running.pid,
    restart: async () => {
      process.kill(running.pid, 'SIGKILL');
      await running.exited;
      running = await start(running.port);
    },
    wipe: async () => {
      const redis = new Redis(running.url, { lazyConnect: true });
      redis.on('error', () => undefined);
      await redis.connect();
      await redis.flushall();
      await redis.quit();
    },
    stop: async () => {
      await proxy.close();
      await running.stop();
    },
  };
}

/** The same URL with the proxy's port. */
export function through(proxy: TcpProxy, url: string): string {
  const other = new URL(url);
  other.port = String(proxy.port);
  return other.href;
}
