import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { stopLeftover } from './leftover-processes.js';
import { findRedis } from './redis/program.js';
import { type StoreOptions, type StoreServer, pidFileOf, removeWith, startStoreServer } from './store-server.js';

export interface RedisOptions extends StoreOptions {
  /** True: an append-only file, synced every second. False: nothing survives a stop. */
  readonly persist: boolean;
  /** Where a downloaded Redis is kept; `<dataDir>/tools` unless said otherwise. */
  readonly cacheDir?: string | undefined;
}

/** Starts a Redis for this machine alone: 127.0.0.1, no password, never evicts. Rejects with what to do when there is none. */
export async function startRedis(options: RedisOptions): Promise<StoreServer> {
  const { port, log = () => undefined, persist, detached } = options;
  const dataDir = resolve(options.dataDir);
  const program = await findRedis(options.cacheDir ?? join(dataDir, 'tools'), log);
  mkdirSync(dataDir, { recursive: true });
  const stopped = await stopLeftover(pidFileOf(dataDir));
  if (stopped !== undefined) log(`stopped Redis (process ${stopped}) of an earlier run`);
  const server = await startStoreServer({
    ...{ name: 'Redis', command: program.command, cwd: dataDir, env: { ...process.env, ...program.env } },
    ...{ detached, dataDir, port, logFile: options.logFile ?? join(dataDir, 'redis.log') },
    argsFor: (at) => [writeSettings(dataDir, at, persist)],
    probe: answers,
  });
  log(`Redis listens on 127.0.0.1:${server.port}`);
  return { ...server, url: `redis://127.0.0.1:${server.port}`, remove: removeWith(server, [dataDir]) };
}

/** A file rather than arguments, and relative paths: the quoting of arguments differs between versions. */
function writeSettings(dataDir: string, port: number, persist: boolean): string {
  const settings = [
    'bind 127.0.0.1',
    `port ${port}`,
    'dir ./',
    'daemonize no',
    // BullMQ loses jobs when keys are evicted.
    'maxmemory-policy noeviction',
    // The limiter keeps its slots in hashes that may be large when they expire.
    'lazyfree-lazy-expire yes',
    'save ""',
    `appendonly ${persist ? 'yes' : 'no'}`,
    'appendfsync everysec',
    // A write that a power cut tore does not keep it from starting: the queue is rebuilt from Postgres.
    'aof-load-truncated yes',
  ];
  writeFileSync(join(dataDir, 'redis.conf'), `${settings.join('\n')}\n`);
  return 'redis.conf';
}

/** Rejects unless the server of this pid answers. LOADING is no answer: it still reads its append-only file. */
async function answers(port: number, pid: number): Promise<void> {
  const client = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: null, enableReadyCheck: false });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const info = await client.info('server');
    if (!info.includes(`process_id:${pid}\r`)) throw new Error(`another Redis listens on port ${port}`);
    await client.ping();
  } finally {
    await client.quit();
  }
}
