import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fetchDebianPackages } from '@ardor/devstack/debian';
import which from 'which';

/** Debian's paths, below `/`. drive_smpp is Kannel's own test SMSC, out of package kannel-extras. */
const PATHS = {
  bearerbox: 'usr/sbin/bearerbox',
  smsbox: 'usr/sbin/smsbox',
  drive_smpp: 'usr/lib/kannel/test/drive_smpp',
} as const;

export type ProgramName = keyof typeof PATHS;

export interface KannelPrograms {
  /** Returns the full path of a program. */
  command(name: ProgramName): string;
  /** What the programs need on top of the environment. */
  readonly env: NodeJS.ProcessEnv;
}

/** Finds Kannel on this machine, or downloads Debian's without root. Throws when it cannot be had. */
export async function findKannel(cacheDir: string, log?: (line: string) => void): Promise<KannelPrograms> {
  const names = Object.keys(PATHS) as ProgramName[];
  const allInstalled = names.every((name) => installed(name) !== undefined);
  const { root, env } = allInstalled
    ? { root: '/', env: {} }
    : await fetchDebianPackages({ packages: ['kannel', 'kannel-extras'], cacheDir, log });
  // With kannel installed and kannel-extras not, only the latter is downloaded.
  const command = (name: ProgramName): string => installed(name) ?? join(root, PATHS[name]);
  const missing = names.filter((name) => !existsSync(command(name)));
  if (missing.length > 0) throw new Error(`Debian's kannel and kannel-extras lack ${missing.join(', ')}`);
  return { command, env };
}

/** PATH seldom leads to /usr/sbin, and never to the test programs. */
function installed(name: ProgramName): string | undefined {
  const file = which.sync(name, { nothrow: true }) ?? join('/', PATHS[name]);
  return existsSync(file) ? file : undefined;
}
