import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Apt } from './debian/apt.js';
import { onPath } from './on-path.js';

export interface DebianPackages {
  /** The folder that stands for `/`: the programs lie in `<root>/usr/bin` and so on. */
  root: string;
  /** LD_LIBRARY_PATH for the programs in it. */
  env: { LD_LIBRARY_PATH: string };
}

export interface DebianOptions {
  packages: readonly string[];
  cacheDir: string;
  log?: ((line: string) => void) | undefined;
}

/** True where packages can be fetched this way at all: Debian, Ubuntu and what descends from them. */
export function isDebian(): boolean {
  return onPath('apt-get') !== undefined && onPath('dpkg-deb') !== undefined && existsSync('/var/lib/dpkg/status');
}

/**
 * Unpacks Debian packages, and the libraries they need that this machine lacks, below a cache folder: no root, nothing
 * installed, no service started. Made once per set of packages and release; a second caller at the same time ends up
 * with the first one's result. Throws when the packages cannot be found or downloaded.
 */
export async function fetchDebianPackages(options: DebianOptions): Promise<DebianPackages> {
  const cacheDir = resolve(options.cacheDir);
  const root = join(cacheDir, folderName(options.packages));
  if (!existsSync(root)) await unpack(options, cacheDir, root);
  return { root, env: { LD_LIBRARY_PATH: libraryFolders(root).join(':') } };
}

/** Drops what was fetched, for when its programs no longer run (the system was upgraded under it). */
export function dropDebianPackages({ packages, cacheDir }: DebianOptions): void {
  rmSync(join(resolve(cacheDir), folderName(packages)), { recursive: true, force: true });
}

/** Another release or architecture means other libraries, hence a folder of its own. */
function folderName(packages: readonly string[]): string {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const id = createHash('sha256')
    .update(`${release}\n${process.arch}\n${packages.join(' ')}`)
    .digest('hex')
    .slice(0, 8);
  return `${packages[0] ?? 'packages'}-${id}`;
}

async function unpack({ packages, log }: DebianOptions, cacheDir: string, root: string): Promise<void> {
  mkdirSync(cacheDir, { recursive: true });
  const draft = mkdtempSync(`${root}.`);
  try {
    const [downloads, files] = [join(draft, 'deb'), join(draft, 'root')];
    for (const folder of [downloads, files]) mkdirSync(folder);
    log?.(`fetching ${packages.join(', ')} from the Debian mirrors into ${cacheDir}`);
    await download(new Apt(join(draft, 'apt')), packages, downloads, log);
    for (const deb of readdirSync(downloads).filter((name) => name.endsWith('.deb')))
      await promisify(execFile)('dpkg-deb', ['-x', join(downloads, deb), files]);
    publish(files, root);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Asks with fresh lists of our own: the system's may be empty (every container image) or name versions long gone. */
async function download(
  apt: Apt,
  packages: readonly string[],
  folder: string,
  log: DebianOptions['log'],
): Promise<void> {
  await apt.update();
  const missing = await apt.missing(packages);
  if (!missing) throw new Error(`apt does not find ${packages.join(', ')}: the Debian mirrors may be out of reach`);
  if (missing.length === 0)
    throw new Error(`${packages.join(', ')} is already installed, but its program is not found`);
  log?.(`downloading ${missing.length} packages`);
  await apt.download(missing, folder);
}

/** The rename is what makes it visible: whole, and by the first who is done. */
function publish(files: string, root: string): void {
  try {
    renameSync(files, root);
  } catch (error) {
    if (!existsSync(root)) throw error;
  }
}

/** Every folder with shared libraries in it: /usr/lib/<arch>, and the private ones some packages use. */
function libraryFolders(root: string): string[] {
  const files = readdirSync(root, { recursive: true, withFileTypes: true });
  const folders = files.filter(({ name }) => /^lib.*\.so(\.|$)/.test(name)).map(({ parentPath }) => parentPath);
  return [...new Set(folders)].sort((a, b) => a.length - b.length);
}
