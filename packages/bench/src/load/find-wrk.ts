import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fetchDebianPackages, isDebian } from '@ardor/devstack/debian';
import { onPath } from '@ardor/devstack/on-path';
import { TOOLS } from '@ardor/testkit/paths';

export interface WrkProgram {
  readonly command: string;
  readonly env: NodeJS.ProcessEnv;
}

/** wrk of this machine, or out of Debian's packages; undefined, with the reason told, where neither is to be had. */
export async function findWrk(log: (line: string) => void): Promise<WrkProgram | undefined> {
  const command = onPath('wrk');
  if (command) return { command, env: {} };
  const fetched = await fetchWrk(log);
  if (!fetched) log("there is no wrk; the bench's own generator takes its place");
  return fetched;
}

async function fetchWrk(log: (line: string) => void): Promise<WrkProgram | undefined> {
  if (!isDebian()) return undefined;
  try {
    const { root, env } = await fetchDebianPackages({ packages: ['wrk'], cacheDir: TOOLS, log });
    const fetched = { command: join(root, 'usr/bin/wrk'), env };
    return runs(fetched) ? fetched : undefined;
  } catch (error) {
    log(`wrk cannot be fetched: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** It tells its version with exit code 1; what does not run at all says nothing. */
function runs({ command, env }: WrkProgram): boolean {
  try {
    execFileSync(command, ['--version'], { env: { ...process.env, ...env }, stdio: 'pipe' });
    return true;
  } catch (error) {
    return String((error as { stdout?: Buffer }).stdout ?? '').includes('wrk');
  }
}
