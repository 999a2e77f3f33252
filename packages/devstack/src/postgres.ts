import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { stopLeftover } from './leftover-processes.js';
import { describeProcess, isAlive, readPidRecord } from './pid-record.js';
import { postgresAccount } from './postgres/account.js';
import { ENVIRONMENT, clusterFolder, createCluster } from './postgres/cluster.js';
import { findPrograms } from './postgres/programs.js';
import { loadOrCreateSecret } from './secrets.js';
import { type StoreOptions, type StoreServer, pidFileOf, startStoreServer } from './store-server.js';

export interface PostgresOptions extends StoreOptions {
  /** False: no fsync, for tests. A power cut then loses the cluster, a killed process does not. */
  readonly durable?: boolean | undefined;
}

/**
 * Starts a Postgres for this machine alone: TCP on 127.0.0.1, no unix socket, scram password, user and database `ardor`.
 * Works for root and for ordinary users. `stop` is a fast shutdown: committed data are kept, open transactions are not.
 */
export async function startPostgres(options: PostgresOptions): Promise<StoreServer> {
  const { log, durable = true } = options;
  const dataDir = resolve(options.dataDir);
  const account = postgresAccount();
  const bin = findPrograms(account);
  const cluster = clusterFolder(dataDir, account);
  const passwordFile = join(dataDir, 'password');
  mkdirSync(dataDir, { recursive: true });
  // Root's cluster lies elsewhere. It is deleted when its data folder is gone, because removing that folder means a fresh start.
  if (account && !existsSync(passwordFile)) rmSync(cluster, { recursive: true, force: true });
  const password = loadOrCreateSecret(passwordFile, () => randomBytes(24).toString('base64url'));
  if (!existsSync(cluster)) {
    log?.(`creating a Postgres cluster in ${cluster}`);
    await createCluster(cluster, { bin, password, durable, account });
  }
  removeReusedLock(dataDir, cluster);
  await stopLeftover(pidFileOf(dataDir), { name: 'Postgres', signal: 'SIGINT', log });
  return startStoreServer(options, {
    name: 'Postgres',
    command: join(bin, 'postgres'),
    argsFor: (port) => argsFor(cluster, port, durable),
    cwd: '/',
    env: ENVIRONMENT,
    account,
    stopSignal: 'SIGINT',
    urlFor: (port) => `postgres://ardor:${password}@127.0.0.1:${port}/ardor`,
    probe,
    folders: [dataDir, cluster],
  });
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
 * Removes the postmaster.pid of a dead server when its pid belongs to another program by now: Postgres would refuse to
 * start. Otherwise the file stays: by it Postgres finds processes of the dead server that still write.
 */
function removeReusedLock(dataDir: string, cluster: string): void {
  const record = readPidRecord(pidFileOf(dataDir));
  if (!record || isAlive(record) || !describeProcess(record.pid)) return;
  const lock = join(cluster, 'postmaster.pid');
  if (existsSync(lock) && Number.parseInt(readFileSync(lock, 'utf8')) === record.pid) rmSync(lock);
}

/** Rejects unless the server answers a query. Never TLS, whatever PGSSLMODE says. */
async function probe(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, ssl: false, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end();
  }
}
