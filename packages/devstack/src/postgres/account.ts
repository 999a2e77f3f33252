import { execFileSync } from 'node:child_process';

/** The system account that Postgres runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** What the account of Postgres has to reach lies here when the stack is started by root. */
export const ROOT_FOLDER = '/var/lib/ardor';

/** Postgres refuses to run as root, so root runs it as user `postgres`, who is created when missing. Undefined for others. */
export function postgresAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  try {
    return lookUp();
  } catch {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
    return lookUp();
  }
}

function lookUp(): Account {
  const ask = (flag: '-u' | '-g'): number => Number(execFileSync('id', [flag, 'postgres'], { stdio: 'pipe' }));
  return { uid: ask('-u'), gid: ask('-g') };
}
