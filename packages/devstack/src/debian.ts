import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { createApt } from './debian/apt.js';

export interface DebianOptions {
  readonly packages: readonly string[];
  readonly cacheDir: string;
  readonly log?: ((line: string) => void) | undefined;
}

/** True where packages can be fetched this way: Debian, Ubuntu and their descendants. */
export const isDebian = (): boolean =>
  ['/usr/bin/apt-get', '/usr/bin/dpkg-deb', '/var/lib/dpkg/status'].every((file) => existsSync(file));

/**
 * Unpacks Debian packages, and the libraries they need that this machine lacks, below a cache folder: no root, nothing
 * installed, no service started. Made once per set of packages and release. Throws when they cannot be downloaded.
 * `root` stands for `/`: the programs lie in `<root>/usr/bin` and so on, and need `env` on top of the environment.
 */
export async function fetchDebianPackages(options: DebianOptions) {
  const root = folderOf(options);
  if (!existsSync(root)) await unpack(options, root);
  return { root, env: { LD_LIBRARY_PATH: libraryFolders(root).join(':') } };
}

/** Removes what was fetched, for when its programs no longer run: the libraries of the machine have changed. */
export function dropDebianPackages(options: DebianOptions): void {
  rmSync(folderOf(options), { recursive: true, force: true });
}

/** Another release or architecture means other libraries, hence a folder of its own. */
function folderOf({ packages, cacheDir }: DebianOptions): string {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const key = `${release}\n${process.arch}\n${packages.join(' ')}`;
  const id = createHash('sha256').update(key).digest('hex').slice(0, 8);
  return join(resolve(cacheDir), `${packages[0] ?? 'packages'}-${id}`);
}

async function unpack({ packages, cacheDir, log }: DebianOptions, root: string): Promise<void> {
  mkdirSync(cacheDir, { recursive: true });
  const draft = mkdtempSync(`${root}.`);
  const [downloads, files] = [join(draft, 'deb'), join(draft, 'root')];
  for (const folder of [downloads, files]) mkdirSync(folder);
  try {
    log?.(`fetching ${packages.join(', ')} from the Debian mirrors into ${cacheDir}`);
    // With lists of our own: the system's may be empty, as in a container image, or name versions long gone.
    const apt = createApt(join(draft, 'apt'));
    await apt.update();
    const missing = await apt.missing(packages);
    if (missing.length === 0) throw new Error(`${packages.join(', ')} is installed, but its program is not found`);
    log?.(`downloading ${missing.length} packages`);
    await apt.download(missing, downloads);
    for (const deb of readdirSync(downloads).filter((name) => name.endsWith('.deb')))
      await execa('dpkg-deb', ['-x', join(downloads, deb), files]);
    // A second caller at the same time ends up with the first one's folder.
    if (!existsSync(root)) renameSync(files, root);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Every folder with shared libraries in it: /usr/lib/<arch>, and the private ones of some packages. */
function libraryFolders(root: string): string[] {
  const files = readdirSync(root, { recursive: true, withFileTypes: true });
  const folders = files.filter(({ name }) => /^lib.*\.so(\.|$)/.test(name)).map(({ parentPath }) => parentPath);
  return [...new Set(folders)].sort((a, b) => a.length - b.length);
}
