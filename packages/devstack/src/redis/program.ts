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
  try {
    return await fetchRedis(cacheDir, log);
  } catch (cause) {
    const install = process.platform === 'darwin' ? 'brew install redis' : 'sudo apt install redis-server';
    const advice = `Install Redis 6.2 or newer (\`${install}\`), or set REDIS_URL.`;
    throw new Error(`no redis-server or valkey-server on PATH: ${(cause as Error).message}. ${advice}`, { cause });
  }
}

async function fetchRedis(cacheDir: string, log?: (line: string) => void): Promise<RedisProgram> {
  if (!isDebian()) throw new Error('and this system has no apt to fetch it with');
  const options = { packages: ['redis-server'], cacheDir, log };
  for (const last of [false, true]) {
    const { root, env } = await fetchDebianPackages(options);
    const program = { command: join(root, 'usr/bin/redis-server'), env };
    if (runs(program)) return program;
    // Fetched for other libraries than the machine has now: once more.
    if (!last) dropDebianPackages(options);
  }
  throw new Error('the one from the Debian mirrors does not run on this machine');
}

function runs({ command, env }: RedisProgram): boolean {
  try {
    execFileSync(command, ['--version'], { env: { ...process.env, ...env }, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
