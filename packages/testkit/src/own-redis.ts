import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '@ardor/devstack/redis';
import type { StoreServer } from '@ardor/devstack/store-server';
import { TOOLS } from './paths.js';

export interface OwnRedis {
  /** Stays the same after a restart. */
  readonly url: string;
  /** Stops the server; its data are lost. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

/** Starts a second Redis, for tests of several servers and of one that goes away. */
export async function startOwnRedis(): Promise<OwnRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'ardor-redis-'));
  const start = (port?: number): Promise<StoreServer> =>
    startRedis({ dataDir: folder, port, persist: false, password: false, cacheDir: TOOLS });
  let running = await start();
  const { url, port } = running;
  return {
    url,
    stop: async () => {
      await running.stop();
    },
    start: async () => {
      running = await start(port);
    },
    remove: () => running.remove(),
  };
}
