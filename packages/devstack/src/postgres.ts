import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { stopLeftover } from './leftover-processes.js';
import { describeProcess, isAlive, readPidRecord } from './pid-record.js';
import { postgresAccount } from './postgres/account.js';
import { ENVIRONMENT, checkVersion, clusterFolder, createCluster, removeIfAbandoned } from './postgres/cluster.js';
import { findPrograms } from './postgres/programs.js';
import { loadOrCreateSecret } from './secrets.js';
import { type StoreOptions, type StoreServer, pidFileOf, removeWith, startStoreServer } from './store-server.js';

export interface PostgresOptions extends StoreOptions {
  /** False: no fsync, for tests. A power cut then loses the cluster, a killed process does not. */
  readonly durable?: boolean | undefined;
}

/**
 * Starts a Postgres for this machine alone: TCP on 127.0.0.1, no unix socket, scram password, user and database `ardor`.
 * Works for root and for ordinary users. `stop` is a fast shutdown: committed data are kept, open transactions are not.
 */
export async function startPostgres(options: PostgresOptions): Promise<StoreServer> {
  const { port, log = () => undefined, durable = true, detached } = options;
  const dataDir = resolve(options.dataDir);
  const account = postgresAccount();
  const programs = findPrograms(account);
  const cluster = clusterFolder(dataDir, account);
  mkdirSync(dataDir, { recursive: true });
  removeIfAbandoned(cluster, join(dataDir, 'password'), account);
  const password = loadOrCreateSecret(join(dataDir, 'password'), () => randomBytes(24).toString('base64url'));
  if (!existsSync(cluster)) {
    log(`creating a Postgres ${programs.major} cluster in ${cluster}`);
    await createCluster(cluster, programs, { password, durable, account });
  }
  checkVersion(cluster, programs);
  await clearLeftover(dataDir, cluster, log);
  const urlOf = (at: number): string => `postgres://ardor:${password}@127.0.0.1:${at}/ardor`;
  const server = await startStoreServer({
    ...{ name: 'Postgres', command: join(programs.bin, 'postgres'), argsFor: (at) => argsFor(cluster, at, durable) },
    ...{ cwd: '/', env: ENVIRONMENT, account, detached, stopSignal: 'SIGINT', dataDir, port },
    logFile: options.logFile ?? join(dataDir, 'postgres.log'),
    probe: (at) => query(urlOf(at)),
  });
  log(`Postgres ${programs.major} listens on 127.0.0.1:${server.port}`);
  return { ...server, url: urlOf(server.port), remove: removeWith(server, [dataDir, cluster]) };
}

function argsFor(cluster: string, port: number, durable: boolean): string[] {
  const settings = [
    'listen_addresses=127.0.0.1',
    // A socket's path may not exceed 107 bytes, which a deep checkout does.
    'unix_socket_directories=',
    'max_connections=200',
    // The log is read by us, whatever locale a restored configuration names.
    'lc_messages=C',
    ...(durable ? [] : ['fsync=off', 'full_page_writes=off']),
  ];
  return ['-D', cluster, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
}

/**
 * Stops a server that a killed run left behind. Its postmaster.pid is removed when that pid belongs to another program
 * by now, since Postgres would refuse to start. Else it stays: by it Postgres finds processes that still write.
 */
async function clearLeftover(dataDir: string, cluster: string, log: (line: string) => void): Promise<void> {
  const record = readPidRecord(pidFileOf(dataDir));
  const reused = record !== undefined && !isAlive(record) && describeProcess(record.pid) !== undefined;
  const lock = join(cluster, 'postmaster.pid');
  if (reused && existsSync(lock) && Number(readFileSync(lock, 'utf8').split('\n')[0]) === record.pid) rmSync(lock);
  const stopped = await stopLeftover(pidFileOf(dataDir), 'SIGINT');
  if (stopped !== undefined) log(`stopped Postgres (process ${stopped}) of an earlier run`);
}

/** Rejects unless the server answers a query. Never TLS, whatever PGSSLMODE says. */
async function query(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, ssl: false, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end();
  }
}
