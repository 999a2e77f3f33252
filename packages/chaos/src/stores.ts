import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '@ardor/devstack/postgres';
import { startRedis } from '@ardor/devstack/redis';
import type { StoreServer } from '@ardor/devstack/store-server';
import { TOOLS } from '@ardor/testkit/paths';
import { startTcpProxy, type TcpProxy } from '@ardor/testkit/tcp-proxy';
import { Redis } from 'ioredis';
import { copyAppendOnly } from './append-only-copy.js';

/** A server that faults are injected into. Its clients use the proxy, whose port never changes. */
export interface FaultyStore {
  readonly proxy: TcpProxy;
  /** The URL past the proxy. */
  readonly directUrl: () => string;
  /** Kills it and starts it on the same data; resolves when it answers. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface FaultyRedis extends FaultyStore {
  readonly wipe: () => Promise<void>;
  /** Kills it after `ms` and starts it on its data of now; resolves when it answers. */
  readonly rewind: (ms: number) => Promise<void>;
}

export function startFaultyPostgres(folder: string): Promise<FaultyStore> {
  const start = (port?: number) => startPostgres({ dataDir: join(folder, 'postgres'), port, durable: false });
  // Postgres' immediate shutdown: no checkpoint, and recovery from its log at the next start.
  return startFaulty(start, 'SIGQUIT');
}

export async function startFaultyRedis(folder: string): Promise<FaultyRedis> {
  const dataDir = join(folder, 'redis');
  const start = (port?: number) => startRedis({ dataDir, port, persist: true, cacheDir: TOOLS });
  const store = await startFaulty(start, 'SIGKILL');
  return {
    ...store,
    rewind: async (ms) => {
      const { putBack } = await copyAppendOnly(dataDir, join(folder, 'redis-copy'));
      await sleep(ms);
      await store.restart(putBack);
    },
    wipe: async () => {
      const redis = new Redis(store.directUrl(), { lazyConnect: true });
      // A failed command rejects; without a listener the event would end the run.
      redis.on('error', () => undefined);
      await redis.connect();
      await redis.flushall();
      await redis.quit();
    },
  };
}

async function startFaulty(start: (port?: number) => Promise<StoreServer>, killSignal: NodeJS.Signals) {
  let running = await start();
  const proxy = await startTcpProxy({ host: '127.0.0.1', port: running.port });
  return {
    proxy,
    directUrl: () => running.url,
    restart: async (whileDown?: () => Promise<void>): Promise<void> => {
      running.kill(killSignal);
      await running.exited;
      await whileDown?.();
      running = await start(running.port);
    },
    stop: async () => {
      await proxy.close();
      await running.remove();
    },
  };
}
