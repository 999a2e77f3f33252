import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { type Child, type Exit, describeExit, startChild } from './child.js';
import { lockFolder } from './folder-lock.js';
import { lastLines } from './log-file.js';
import { stopOrphan } from './orphan.js';
import { choosePort, rememberPort } from './ports.js';
import { type RedisProgram, findRedis } from './redis/program.js';
import { ASK_THEN_KILL } from './stop-steps.js';
import { until } from './until.js';

export interface RedisOptions {
  /** The append-only file, the configuration and the port are kept here. Made when missing. */
  dataDir: string;
  /** 0 or absent: the port of the last time if it is still free, else any free one. */
  port?: number | undefined;
  /** True: an append-only file, synced every second. False: nothing survives a stop. */
  persist: boolean;
  /** Progress, one line without a newline at a time. */
  log?: ((line: string) => void) | undefined;
  /** Where the server's own log goes; `<dataDir>/redis.log` unless said otherwise. */
  logFile?: string | undefined;
  /** Where a downloaded Redis is kept; `<dataDir>/tools` unless said otherwise. */
  cacheDir?: string | undefined;
  /** The program to run; what the machine has, or Debian's, unless said otherwise. */
  program?: RedisProgram | undefined;
}

export interface RunningRedis {
  url: string;
  port: number;
  pid: number;
  logFile: string;
  /** Settles when the server has ended, wanted or not. */
  exited: Promise<Exit>;
  stop(): Promise<void>;
}

/**
 * Starts a Redis for this machine alone: 127.0.0.1 only, no password, never evicts. Throws FolderInUse when another
 * live process runs one on the same folder, and an Error that says what to do when there is no Redis to be had.
 */
export async function startRedis(options: RedisOptions): Promise<RunningRedis> {
  const dataDir = resolve(options.dataDir);
  const log = options.log ?? (() => undefined);
  const unlock = lockFolder(dataDir);
  try {
    const program = options.program ?? (await findRedis(options.cacheDir ?? join(dataDir, 'tools'), log));
    const orphan = await stopOrphan(pidFileOf(dataDir), ASK_THEN_KILL);
    if (orphan !== undefined) log(`stopped Redis ${orphan}, left behind by an earlier run`);
    const { server, port } = await startServer(program, dataDir, options);
    void server.exited.then(unlock);
    log(`Redis listens on 127.0.0.1:${port}`);
    return {
      url: `redis://127.0.0.1:${port}`,
      port,
      pid: server.pid,
      logFile: server.logFile,
      exited: server.exited,
      stop: () => server.stop(),
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

const pidFileOf = (dataDir: string): string => join(dataDir, 'process.pid');

/** Starts it and waits for a PONG; another port when the one picked was taken meanwhile. */
async function startServer(
  program: RedisProgram,
  dataDir: string,
  options: RedisOptions,
): Promise<{ server: Child; port: number }> {
  const started = await until(
    async () => {
      const port = await choosePort(dataDir, options.port);
      const server = await spawnServer(program, dataDir, port, options);
      let exit: Exit | undefined;
      void server.exited.then((value) => (exit = value));
      if (await answers(port, server.pid, () => exit !== undefined)) return { server, port };
      if (exit && !options.port && lastLines(server.logFile).includes('Address already in use')) return undefined;
      await server.stop();
      throw new Error(describeExit(server, exit ?? (await server.exited)));
    },
    { withinMs: 20_000 },
  );
  if (!started) throw new Error('Redis found no free port');
  rememberPort(dataDir, started.port);
  return started;
}

function spawnServer(program: RedisProgram, dataDir: string, port: number, options: RedisOptions): Promise<Child> {
  // A file rather than arguments, and relative paths: quoting of arguments differs between versions.
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
    `appendonly ${options.persist ? 'yes' : 'no'}`,
    'appendfsync everysec',
    // A machine that lost power in the middle of a write starts all the same: the queue is rebuilt from Postgres.
    'aof-load-truncated yes',
  ];
  writeFileSync(join(dataDir, 'redis.conf'), `${settings.join('\n')}\n`);
  return startChild({
    name: 'Redis',
    command: program.command,
    args: ['redis.conf'],
    cwd: dataDir,
    env: { ...process.env, ...program.env },
    logFile: options.logFile ?? join(dataDir, 'redis.log'),
    pidFile: pidFileOf(dataDir),
  });
}

/**
 * Waits until it answers (LOADING is no answer: the append-only file is still being read); false when it has ended or
 * is too slow. What answers must be the process we started, not a Redis that took the port before ours.
 */
async function answers(port: number, pid: number, ended: () => boolean): Promise<boolean> {
  const client = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 });
  client.on('error', () => undefined);
  try {
    const pong = await until(
      async () => {
        if (ended()) return false;
        if (client.status === 'wait' || client.status === 'end') await client.connect().catch(() => undefined);
        const info = await client.info('server').catch(() => '');
        return info.includes(`process_id:${pid}\r`) && (await client.ping().catch(() => '')) === 'PONG'
          ? true
          : undefined;
      },
      { withinMs: 60_000, everyMs: 20 },
    );
    return pong === true;
  } finally {
    // A connection that has ended needs no goodbye: disconnect() would only leave a timer behind.
    if (client.status === 'ready') await client.quit().catch(() => undefined);
    else if (client.status !== 'end') client.disconnect();
  }
}
