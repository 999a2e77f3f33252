import { join } from 'node:path';
import { startPostgres } from '@ardor/devstack/postgres';
import { startRedis } from '@ardor/devstack/redis';
import type { StoreServer } from '@ardor/devstack/store-server';
import { Redis } from 'ioredis';
import { TOOLS } from '@ardor/testkit/paths';
import { startTcpProxy, type TcpProxy } from '@ardor/testkit/tcp-proxy';
import { copyAppendOnly } from './append-only-copy.js';
import { setTimeout as sleep } from 'node:timers/promises';

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

export interface RedisVictim extends Victim {
  readonly wipe: () => Promise<void>;
  /** Kills it after `ms` more, and brings it back on its data of now; resolves when it answers again. */
  readonly rewind: (ms: number) => Promise<void>;
}

export async function startPostgresVictim(folder: string): Promise<Victim> {
  const start = (port?: number): Promise<StoreServer> =>
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
      await running.remove();
    },
  };
}

export async function startRedisVictim(folder: string): Promise<RedisVictim> {
  const dataDir = join(folder, 'redis');
  const start = (port?: number): Promise<StoreServer> => startRedis({ dataDir, port, persist: true, cacheDir: TOOLS });
  let running = await start();
  const proxy = await startTcpProxy({ host: '127.0.0.1', port: running.port });
  const restart = async (between: () => Promise<void>): Promise<void> => {
    process.kill(running.pid, 'SIGKILL');
    await running.exited;
    await between();
    running = await start(running.port);
  };
  return {
    proxy,
    directUrl: () => running.url,
    pid: () => running.pid,
    restart: () => restart(() => Promise.resolve()),
    rewind: async (ms) => {
      const { putBack } = await copyAppendOnly(dataDir, join(folder, 'redis-copy'));
      await sleep(ms);
      await restart(putBack);
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
      await running.remove();
    },
  };
}
