import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { stopLeftover } from './leftover-processes.js';
import { findRedis } from './redis/program.js';
import { loadOrCreateSecret } from './secrets.js';
import { type StoreOptions, type StoreServer, pidFileOf, startStoreServer } from './store-server.js';

export interface RedisOptions extends StoreOptions {
  /** True: an append-only file, synced every second. False: nothing survives a stop. */
  readonly persist: boolean;
  /** False: no password, for tests, whose Redis holds nothing. */
  readonly password?: boolean | undefined;
  /** Where a downloaded Redis is kept; `<dataDir>/tools` unless told otherwise. */
  readonly cacheDir?: string | undefined;
}

/**
 * Starts a Redis for this machine alone: 127.0.0.1, a password of its own, never evicts. Rejects with what to do when there
 * is none. Without a password every user and every web page of the machine could write into it.
 */
export async function startRedis(options: RedisOptions): Promise<StoreServer> {
  const { log, persist } = options;
  const dataDir = resolve(options.dataDir);
  const { command, env } = await findRedis(options.cacheDir ?? join(dataDir, 'tools'), log);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const create = (): string => randomBytes(24).toString('base64url');
  const password = options.password === false ? undefined : loadOrCreateSecret(join(dataDir, 'password'), create);
  await stopLeftover(pidFileOf(dataDir), { name: 'Redis', log });
  return startStoreServer(options, {
    name: 'Redis',
    command,
    argsFor: (port) => [writeSettings(dataDir, { port, persist, password })],
    cwd: dataDir,
    env: { ...process.env, ...env },
    urlFor: (port) => `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`,
    probe,
    folders: [dataDir],
  });
}

/** A file rather than arguments, and relative paths: the quoting of arguments differs between versions. */
function writeSettings(
  dataDir: string,
  { port, persist, password }: { port: number; persist: boolean; password: string | undefined },
): string {
  const settings = [
    'bind 127.0.0.1',
    `port ${port}`,
    ...(password === undefined ? [] : [`requirepass ${password}`]),
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
  // A new file each time: the mode of an old one would stay.
  rmSync(join(dataDir, 'redis.conf'), { force: true });
  writeFileSync(join(dataDir, 'redis.conf'), `${settings.join('\n')}\n`, { mode: 0o600 });
  return 'redis.conf';
}

/** Rejects unless the server of this pid answers. LOADING is no answer: it still reads its append-only file. */
async function probe(url: string, pid: number): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: null, enableReadyCheck: false });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const info = await client.info('server');
    if (!info.includes(`process_id:${pid}\r`)) throw new Error(`another Redis listens at ${url}`);
    await client.ping();
  } finally {
    await client.quit();
  }
}
