import { globSync } from 'node:fs';
import { join } from 'node:path';
import { fetchDebianPackages, isDebian } from '@ardor/devstack/debian';
import { TOOLS } from '@ardor/testkit/paths';

const LIBRARY = 'usr/lib/*/faketime/libfaketime.so.1';

/** The environment in which a program's wall clock differs by so many seconds; its monotonic clock does not. Throws without Debian. */
export async function clockOff(seconds: number): Promise<Record<string, string>> {
  return {
    LD_PRELOAD: await findLibrary(),
    FAKETIME: `${seconds < 0 ? '' : '+'}${seconds}`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}

async function findLibrary(): Promise<string> {
  const installed = globSync(LIBRARY, { cwd: '/' })[0];
  if (installed !== undefined) return join('/', installed);
  if (!isDebian()) throw new Error('libfaketime is neither installed nor can it be fetched: this system has no apt');
  const { root } = await fetchDebianPackages({ packages: ['libfaketime'], cacheDir: TOOLS });
  const fetched = globSync(LIBRARY, { cwd: root })[0];
  if (fetched === undefined) throw new Error('the package libfaketime has no library');
  return join(root, fetched);
}
