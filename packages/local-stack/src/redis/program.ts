import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type DebianOptions, dropDebianPackages, fetchDebianPackages, isDebian } from '../debian.js';
import { onPath } from '../on-path.js';

export interface RedisProgram {
  command: string;
  /** What the program needs on top of the environment. */
  env: NodeJS.ProcessEnv;
}

const NAMES = ['redis-server', 'valkey-server'] as const;

/** A Redis of this machine: redis-server or valkey-server on PATH. */
export function installedRedis(): RedisProgram | undefined {
  const command = onPath(...NAMES);
  return command === undefined ? undefined : { command, env: {} };
}

/** A Redis out of Debian's packages, kept in the cache folder. Throws where that cannot be had. */
export async function debianRedis(cacheDir: string, log?: (line: string) => void): Promise<RedisProgram> {
  const options: DebianOptions = { packages: ['redis-server'], cacheDir, log };
  const kept = await unpacked(options);
  if (runs(kept)) return kept;
  // Unpacked for a machine that had other libraries: once more, for this one.
  dropDebianPackages(options);
  const fresh = await unpacked(options);
  if (runs(fresh)) return fresh;
  throw new Error(`${fresh.command} was fetched, but does not run on this machine`);
}

/** Finds a Redis, or fetches one; the error names the one command that installs it. */
export async function findRedis(cacheDir: string, log?: (line: string) => void): Promise<RedisProgram> {
  const installed = installedRedis();
  if (installed) return installed;
  if (!isDebian()) throw new Error(`no redis-server or valkey-server on PATH. ${remedy()}`);
  try {
    return await debianRedis(cacheDir, log);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`no redis-server on PATH, and it could not be fetched: ${why}. ${remedy()}`, { cause: error });
  }
}

function remedy(): string {
  const install =
    process.platform === 'darwin' ? 'brew install redis' : isDebian() ? 'sudo apt install redis-server' : '';
  return install === ''
    ? 'Install Redis 6.2 or newer with the package manager of this system, or set REDIS_URL.'
    : `Run \`${install}\`, or set REDIS_URL.`;
}

async function unpacked(options: DebianOptions): Promise<RedisProgram> {
  const { root, env } = await fetchDebianPackages(options);
  return { command: join(root, 'usr/bin/redis-server'), env };
}

function runs({ command, env }: RedisProgram): boolean {
  try {
    execFileSync(command, ['--version'], { env: { ...process.env, ...env }, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
