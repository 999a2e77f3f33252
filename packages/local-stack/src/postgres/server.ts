import { join } from 'node:path';
import { type Child, type Exit, describeExit, startChild } from '../child.js';
import { lastLines } from '../log-file.js';
import { choosePort, rememberPort } from '../ports.js';
import { FAST_SHUTDOWN } from '../stop-steps.js';
import { until } from '../until.js';
import { type Account } from './account.js';
import { cleanEnvironment } from './environment.js';
import { ensureDatabase, waitForServer } from './ready.js';

export interface ServerOptions {
  dataDir: string;
  cluster: string;
  bin: string;
  account: Account | undefined;
  password: string;
  durable: boolean;
  /** 0 or absent: any, preferably the one of the last time. */
  port: number | undefined;
  logFile: string;
}

export interface StartedServer {
  server: Child;
  port: number;
}

/** Starts the server on an existing cluster, waits until it answers, and makes the database `ardor`. */
export async function startServer(options: ServerOptions): Promise<StartedServer> {
  // More than one try, for reasons that pass by themselves; see isPassing.
  const started = await until(() => attempt(options), { withinMs: 20_000, everyMs: 250 });
  if (!started) throw new Error(`Postgres does not start. The last lines of its log:\n${lastLines(options.logFile)}`);
  rememberPort(options.dataDir, started.port);
  return started;
}

/** Undefined when another attempt has a chance. */
async function attempt(options: ServerOptions): Promise<StartedServer | undefined> {
  const port = await choosePort(options.dataDir, options.port);
  const server = await spawnServer(options, port);
  let exit: Exit | undefined;
  void server.exited.then((value) => (exit = value));
  try {
    if (await waitForServer(port, options.password, () => exit !== undefined)) {
      await ensureDatabase(port, options.password, 'ardor');
      return { server, port };
    }
  } catch (error) {
    await server.stop();
    throw error;
  }
  if (exit && isPassing(lastLines(options.logFile), options.port)) return undefined;
  await server.stop();
  throw new Error(describeExit(server, exit ?? (await server.exited)));
}

/** The last backend of a killed server still holds its memory, or a port that was free was taken meanwhile. */
function isPassing(words: string, port: number | undefined): boolean {
  return words.includes('shared memory block') || (!port && words.includes('Address already in use'));
}

function spawnServer(
  { cluster, bin, account, dataDir, durable, logFile }: ServerOptions,
  port: number,
): Promise<Child> {
  const settings = {
    listen_addresses: '127.0.0.1',
    // A socket's path may not exceed 107 bytes, which a deep checkout does; and TCP is what everybody is given.
    unix_socket_directories: '',
    max_connections: '200',
    // Whatever the account's locale or a restored configuration says: the pid file and our log are read by us.
    lc_messages: 'C',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  return startChild({
    name: 'Postgres',
    command: join(bin, 'postgres'),
    args: ['-D', cluster, '-p', String(port), ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])],
    cwd: '/',
    env: cleanEnvironment(),
    logFile,
    pidFile: join(dataDir, 'process.pid'),
    account,
    stopSteps: FAST_SHUTDOWN,
  });
}
