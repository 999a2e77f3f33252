import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Exit } from './child.js';
import { lockFolder } from './folder-lock.js';
import { accountFor } from './postgres/account.js';
import { type PostgresBinaries, findPostgres } from './postgres/binaries.js';
import { initCluster } from './postgres/init-cluster.js';
import { placeBinaries, placeCluster } from './postgres/place.js';
import { startServer } from './postgres/server.js';
import { clearStaleServer } from './postgres/stale-lock.js';
import { keepSecret } from './secrets.js';

export interface PostgresOptions {
  /**
   * Everything is kept here: the cluster, the password, the port. Made when missing. Started by root, the folders above
   * it should let others pass (mkdtemp makes 0700): else the cluster lies in /var/lib/ardor and outlives this folder.
   */
  dataDir: string;
  /** 0 or absent: the port of the last time if it is still free, else any free one. */
  port?: number | undefined;
  /** Progress, one line without a newline at a time. */
  log?: ((line: string) => void) | undefined;
  /** Where the server's own log goes; `<dataDir>/postgres.log` unless said otherwise. */
  logFile?: string | undefined;
  /** False: no fsync, for tests. A power cut then loses the cluster, a killed process does not. */
  durable?: boolean | undefined;
  /** The programs to choose from; what the machine has unless said otherwise. */
  binaries?: readonly PostgresBinaries[] | undefined;
}

export interface RunningPostgres {
  /** postgres://ardor:<password>@127.0.0.1:<port>/ardor; the user is the cluster's superuser. */
  url: string;
  port: number;
  pid: number;
  logFile: string;
  /** The real folder of the cluster; see placeCluster for why it may lie elsewhere. */
  cluster: string;
  /** Settles when the server has ended, wanted or not. */
  exited: Promise<Exit>;
  /** Fast shutdown: open transactions are rolled back, committed data are kept. */
  stop(): Promise<void>;
}

/**
 * Starts a Postgres for this machine alone: TCP on 127.0.0.1 only, no unix socket, scram password, database `ardor`.
 * Works for root and for ordinary users. Throws FolderInUse when another live process runs one on the same folder,
 * and an Error that says what to do when there is no usable Postgres or it does not come up.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const dataDir = resolve(options.dataDir);
  const log = options.log ?? (() => undefined);
  const unlock = lockFolder(dataDir);
  try {
    const account = accountFor(join(dataDir, 'cluster'));
    const cluster = placeCluster(dataDir, account);
    const binaries = placeBinaries(chooseBinaries(cluster, options.binaries ?? findPostgres()), account);
    const password = keepSecret(join(dataDir, 'password'), () => randomBytes(24).toString('base64url'));
    const durable = options.durable ?? true;
    if (!existsSync(cluster)) {
      log(`creating a Postgres ${binaries.major} cluster in ${cluster}`);
      await initCluster({ bin: binaries.bin, cluster, password, durable, account });
    }
    const cleared = await clearStaleServer(cluster);
    if (cleared !== undefined) log(cleared);
    const { server, port } = await startServer({
      ...{ dataDir, cluster, bin: binaries.bin, account, password, durable, port: options.port },
      logFile: options.logFile ?? join(dataDir, 'postgres.log'),
    });
    void server.exited.then(unlock);
    log(`Postgres ${binaries.major} listens on 127.0.0.1:${port}`);
    return {
      url: `postgres://ardor:${password}@127.0.0.1:${port}/ardor`,
      port,
      pid: server.pid,
      logFile: server.logFile,
      cluster,
      exited: server.exited,
      stop: () => server.stop(),
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** A cluster can only be opened by the major version that made it, so that one is looked for first. */
function chooseBinaries(cluster: string, found: readonly PostgresBinaries[]): PostgresBinaries {
  const [first] = found;
  if (!first)
    throw new Error(
      'no Postgres found: not on PATH, not in /usr/lib/postgresql, and npm brought none for this platform. ' +
        'Install one (Debian, Ubuntu: apt install postgresql; macOS: brew install postgresql@17) or set DATABASE_URL.',
    );
  const versionFile = join(cluster, 'PG_VERSION');
  if (!existsSync(versionFile)) return first;
  const made = Number(readFileSync(versionFile, 'utf8'));
  const same = found.find(({ major }) => major === made);
  if (same) return same;
  throw new Error(
    `the data in ${cluster} were made by Postgres ${made}, but this machine has only ` +
      `${found.map(({ major }) => major).join(', ')}. Install Postgres ${made}, or remove that folder to start afresh.`,
  );
}
