import { createHash } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { type Account, ROOT_FOLDER } from './account.js';
import { type PostgresPrograms } from './programs.js';

/** English messages, and none of the PG variables of the person's shell. */
export const ENVIRONMENT = { PATH: process.env['PATH'], LC_ALL: 'C' };

/** Root's cluster lies outside of the data folder, under a name that is made from the path of that folder. */
export function clusterFolder(dataDir: string, account: Account | undefined): string {
  if (!account) return join(dataDir, 'cluster');
  return join(ROOT_FOLDER, `cluster-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`);
}

/**
 * Creates a cluster: UTF-8, locale C, scram passwords, superuser and database `ardor`. It is built under another name
 * and renamed when done, so that an interrupted start leaves nothing that looks like a database.
 */
export async function createCluster(
  cluster: string,
  { bin }: PostgresPrograms,
  { password, durable, account }: { password: string; durable: boolean; account: Account | undefined },
): Promise<void> {
  mkdirSync(dirname(cluster), { recursive: true });
  const draft = mkdtempSync(`${cluster}.new-`);
  const [folder, passwordFile] = [join(draft, 'cluster'), join(draft, 'password')];
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) for (const path of [draft, passwordFile]) chownSync(path, account.uid, account.gid);
  const options = { ...account, cwd: '/', env: ENVIRONMENT, extendEnv: false };
  const access = ['-U', 'ardor', `--pwfile=${passwordFile}`, '-A', 'scram-sha-256'];
  try {
    const flags = ['-E', 'UTF8', '--locale=C', ...(durable ? [] : ['--no-sync'])];
    await execa(join(bin, 'initdb'), ['-D', folder, ...access, ...flags], options);
    await execa(join(bin, 'postgres'), ['--single', '-D', folder, 'postgres'], {
      ...options,
      input: 'CREATE DATABASE ardor',
    });
    renameSync(folder, cluster);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Throws when the cluster was made by another major version. */
export function checkVersion(cluster: string, { major }: PostgresPrograms): void {
  const made = Number(readFileSync(join(cluster, 'PG_VERSION'), 'utf8'));
  if (made === major) return;
  const advice = 'Remove that folder to start afresh, or set DATABASE_URL to a Postgres that reads it.';
  throw new Error(`the data in ${cluster} were made by Postgres ${made}, and this is Postgres ${major}. ${advice}`);
}

/** Removes root's cluster when its data folder was removed: that is how a person starts afresh. */
export function removeIfAbandoned(cluster: string, passwordFile: string, account: Account | undefined): void {
  if (account && !existsSync(passwordFile)) rmSync(cluster, { recursive: true, force: true });
}
