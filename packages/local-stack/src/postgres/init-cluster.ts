import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Account } from './account.js';
import { cleanEnvironment } from './environment.js';

/**
 * Makes a new cluster at `cluster`: UTF-8, locale C, scram passwords, superuser `ardor`. Built under another name and
 * renamed when done, so that an interrupted initdb leaves nothing that looks like a database.
 */
export async function initCluster(options: {
  bin: string;
  cluster: string;
  password: string;
  durable: boolean;
  account: Account | undefined;
}): Promise<void> {
  const { bin, cluster, account } = options;
  const draft = `${cluster}.new`;
  const passwordFile = `${cluster}.password`;
  rmSync(draft, { recursive: true, force: true });
  try {
    mkdirSync(draft, { mode: 0o700 });
    writeFileSync(passwordFile, `${options.password}\n`, { mode: 0o600 });
    for (const path of account ? [draft, passwordFile] : []) chownSync(path, account?.uid ?? 0, account?.gid ?? 0);
    chmodSync(draft, 0o700);
    await promisify(execFile)(
      join(bin, 'initdb'),
      [
        ...['-D', draft, '-U', 'ardor', `--pwfile=${passwordFile}`, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C'],
        ...(options.durable ? [] : ['--no-sync']),
      ],
      { ...account, cwd: dirname(bin), env: cleanEnvironment() },
    );
    renameSync(draft, cluster);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw new Error(`initdb failed: ${wordsOf(error)}`, { cause: error });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function wordsOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return stderr?.trim() || message;
}
