import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/** apt with state and cache folders of its own: needs no root, takes no lock of the system and changes nothing there. */
export function createApt(folder: string) {
  for (const name of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(folder, name), { recursive: true });
  const options = [
    `Dir::State=${folder}/state`,
    `Dir::Cache=${folder}/cache`,
    // What is installed is still what the system says.
    'Dir::State::status=/var/lib/dpkg/status',
    'Debug::NoLocking=1',
    'Acquire::Languages=none',
    // As root, apt downloads as user _apt, which cannot write into a folder of root's.
    ...(process.getuid?.() === 0 ? ['APT::Sandbox::User=root'] : []),
  ].flatMap((option) => ['-o', option]);
  const env = { LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
  const run = (words: readonly string[], { cwd = '/', reject = true } = {}) =>
    execa('apt-get', [...options, ...words], { cwd, env, reject });
  return {
    /** Fetches the package lists. Sources that do not answer are left out; when none does, `missing` tells. */
    update: () => run(['update', '-qq'], { reject: false }),

    /**
     * What an installation of these packages would add to this machine, as `name=version`: the packages, and whatever
     * they need that is not here yet. Rejects when apt does not know one of them, as with empty package lists.
     */
    async missing(packages: readonly string[]): Promise<string[]> {
      const { stdout } = await run(['install', '-s', '-qq', '--no-install-recommends', ...packages]);
      const planned = stdout.matchAll(/^Inst (\S+)(?: \[[^\]]*\])? \((\S+)/gm);
      return [...planned].map(([, name, version]) => `${name}=${version}`);
    },

    /** Downloads the packages into `cwd`; apt checks them against the signed lists. */
    download: (packages: readonly string[], cwd: string) => run(['download', '-qq', ...packages], { cwd }),
  };
}
