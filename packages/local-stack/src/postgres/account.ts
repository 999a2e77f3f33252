import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

/** The system account Postgres runs as. */
export interface Account {
  uid: number;
  gid: number;
}

const OUR_USER = 'ardor-postgres';

/**
 * Postgres refuses to run as root. Started by root, it runs as the owner of an existing cluster, else as the
 * machine's `postgres` user, else as a system user made for it. Undefined for everybody else: they run it themselves.
 */
export function accountFor(cluster: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = existsSync(cluster) ? statSync(cluster) : undefined;
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return lookUp('postgres') ?? lookUp(OUR_USER) ?? createUser();
}

/**
 * Whether the account gets as far as this file or folder. Asked of the kernel, by a process of that account: modes,
 * ACLs and mounts of every folder on the way take part in the answer.
 */
export function canReach(account: Account, path: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...account, cwd: '/', stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function lookUp(name: string): Account | undefined {
  try {
    return { uid: askId('-u', name), gid: askId('-g', name) };
  } catch {
    return undefined;
  }
}

function askId(flag: '-u' | '-g', name: string): number {
  return Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim());
}

function createUser(): Account {
  // Debian, Fedora and their kin have useradd; busybox systems have adduser with other flags.
  for (const [command, ...args] of [
    ['useradd', '--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', OUR_USER],
    ['adduser', '-S', '-D', '-H', OUR_USER],
  ] as const) {
    try {
      execFileSync(command, args, { stdio: 'ignore' });
      const account = lookUp(OUR_USER);
      if (account) return account;
    } catch {
      // The next command may know how.
    }
  }
  throw new Error(
    'Postgres refuses to run as root, and no system user could be made for it. Start as an ordinary user, ' +
      'make one with `useradd --system postgres`, or set DATABASE_URL to a Postgres of your own.',
  );
}
