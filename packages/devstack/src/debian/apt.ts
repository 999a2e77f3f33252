import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** apt with state and cache folders of its own: needs no root, takes no lock of the system and changes nothing there. */
export class Apt {
  readonly #options: readonly string[];

  constructor(folder: string) {
    for (const name of ['state/lists/partial', 'cache/archives/partial'])
      mkdirSync(join(folder, name), { recursive: true });
    this.#options = [
      `Dir::State=${folder}/state`,
      `Dir::Cache=${folder}/cache`,
      // What is installed is still the system's to say.
      'Dir::State::status=/var/lib/dpkg/status',
      'Debug::NoLocking=1',
      'Acquire::Languages=none',
      // As root, apt downloads as user _apt, which cannot write into a folder of root's.
      ...(process.getuid?.() === 0 ? ['APT::Sandbox::User=root'] : []),
    ].flatMap((option) => ['-o', option]);
  }

  /** Fetches the package lists. Sources that do not answer are left out; if none did, `missing` will say so. */
  async update(): Promise<void> {
    await this.#apt(['update', '-qq']).catch(() => undefined);
  }

  /**
   * What installing these packages would add to this machine, as `name=version`: the packages and whatever they need
   * that is not here yet. Undefined when apt does not know one of them, as with empty package lists.
   */
  async missing(packages: readonly string[]): Promise<string[] | undefined> {
    try {
      const plan = await this.#apt(['install', '-s', '-qq', '--no-install-recommends', ...packages]);
      return [...plan.matchAll(/^Inst (\S+)(?: \[[^\]]*\])? \((\S+)/gm)].map(
        ([, name, version]) => `${name}=${version}`,
      );
    } catch {
      return undefined;
    }
  }

  /** Downloads the packages into `folder`; apt checks them against the signed lists. */
  async download(packages: readonly string[], folder: string): Promise<void> {
    await this.#apt(['download', '-qq', ...packages], folder);
  }

  async #apt(words: readonly string[], cwd = '/'): Promise<string> {
    const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
    const { stdout } = await run('apt-get', [...this.#options, ...words], { cwd, env, maxBuffer: 16 << 20 });
    return stdout;
  }
}
