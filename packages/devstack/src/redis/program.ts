import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { dropDebianPackages, fetchDebianPackages, isDebian } from '../debian.js';

export interface RedisProgram {
  readonly command: string;
  /** What the program needs on top of the environment. */
  readonly env: NodeJS.ProcessEnv;
}

/** The Redis on PATH, else Debian's, unpacked into the cache folder. Throws with the command that installs one. */
export async function findRedis(cacheDir: string, log?: (line: string) => void): Promise<RedisProgram> {
  const installed = ['redis-server', 'valkey-server'].map((command) => ({ command, env: {} })).find(runs);
  if (installed) return installed;
  if (!isDebian()) throw new Error(`no redis-server or valkey-server on PATH. ${advice()}`);
  try {
    return await fetchRedis(cacheDir, log);
  } catch (cause) {
    throw new Error(`no redis-server on PATH, and it could not be fetched: ${(cause as Error).message}. ${advice()}`, {
      cause,
    });
  }
}

async function fetchRedis(cacheDir: string, log?: (line: string) => void): Promise<RedisProgram> {
  const options = { packages: ['redis-server'], cacheDir, log };
  const unpack = async (): Promise<RedisProgram> => {
    const { root, env } = await fetchDebianPackages(options);
    return { command: join(root, 'usr/bin/redis-server'), env };
  };
  const kept = await unpack();
  if (runs(kept)) return kept;
  // The libraries of this machine have changed since it was unpacked.
  dropDebianPackages(options);
  const fresh = await unpack();
  if (runs(fresh)) return fresh;
  throw new Error(`${fresh.command} was fetched, but does not run on this machine`);
}

function advice(): string {
  if (process.platform === 'darwin') return 'Run `brew install redis`, or set REDIS_URL.';
  if (isDebian()) return 'Run `sudo apt install redis-server`, or set REDIS_URL.';
  return 'Install Redis 6.2 or newer with the package manager of this system, or set REDIS_URL.';
}

function runs({ command, env }: RedisProgram): boolean {
  try {
    execFileSync(command, ['--version'], { env: { ...process.env, ...env }, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
