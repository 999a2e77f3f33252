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
  return lookUp() ?? createUser();
}

function lookUp(): Account | undefined {
  const ask = (flag: '-u' | '-g'): number =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    return undefined;
  }
}

function createUser(): Account | undefined {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], { stdio: 'ignore' });
  } catch (cause) {
    const advice = 'Start as an ordinary user, create the user `postgres`, or set DATABASE_URL.';
    throw new Error(`Postgres refuses to run as root, and no user could be created for it. ${advice}`, { cause });
  }
  return lookUp();
}
