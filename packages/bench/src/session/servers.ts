import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@ardor/devstack/postgres';
import { startRedis } from '@ardor/devstack/redis';
import type { StoreServer } from '@ardor/devstack/store-server';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { TOOLS } from '@ardor/testkit/paths';
import { Redis } from 'ioredis';

export interface Servers {
  readonly folder: string;
  readonly postgres: StoreServer;
  readonly redis: StoreServer;
  /** For INFO and FLUSHALL. */
  readonly redisClient: Redis;
}

/** Starts a Postgres that syncs every commit and a Redis that keeps its log, as `pnpm start` does, in a temporary folder. */
export async function startServers(closers: CleanupStack, log: (line: string) => void): Promise<Servers> {
  const folder = await mkdtemp(join(tmpdir(), 'ardor-bench-'));
  closers.defer('folder', () => rm(folder, { recursive: true, force: true }));
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), durable: true, log });
  closers.defer('Postgres', postgres.remove);
  const redis = await startRedis({ dataDir: join(folder, 'redis'), persist: true, cacheDir: TOOLS, log });
  closers.defer('Redis', redis.stop);
  const redisClient = new Redis(redis.url);
  redisClient.on('error', () => undefined);
  closers.defer('Redis client', () => redisClient.quit());
  return { folder, postgres, redis, redisClient };
}

/** Returns a field of INFO. */
export async function redisInfo(redis: Redis, section: string, field: string): Promise<string> {
  const info = await redis.info(section);
  return new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
}
