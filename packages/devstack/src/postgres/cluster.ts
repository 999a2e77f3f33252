import { createHash } from 'node:crypto';
import { chownSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { type Account, ROOT_FOLDER } from './account.js';

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
  {
    bin,
    password,
    durable,
    account,
  }: { bin: string; password: string; durable: boolean; account: Account | undefined },
): Promise<void> {
  mkdirSync(dirname(cluster), { recursive: true });
  const draft = mkdtempSync(`${cluster}.new-`);
  const [folder, passwordFile] = [join(draft, 'cluster'), join(draft, 'password')];
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) for (const path of [draft, passwordFile]) chownSync(path, account.uid, account.gid);
  const options = { ...account, cwd: '/', env: ENVIRONMENT, extendEnv: false };
  const access = ['-U', 'ardor', `--pwfile=${passwordFile}`, '-A', 'scram-sha-256'];
  const text = ['-E', 'UTF8', '--locale=C'];
  try {
    const sync = durable ? [] : ['--no-sync'];
    await execa(join(bin, 'initdb'), ['-D', folder, ...access, ...text, ...sync], options);
    const input = 'CREATE DATABASE ardor';
    await execa(join(bin, 'postgres'), ['--single', '-D', folder, 'postgres'], { ...options, input });
    renameSync(folder, cluster);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
