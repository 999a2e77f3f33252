import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type DebianOptions, dropDebianPackages, fetchDebianPackages, isDebian } from '@ardor/devstack/debian';
import which from 'which';

export interface Chromium {
  executablePath: string;
  /** What the browser needs on top of the environment. */
  env: Record<string, string>;
}

export interface ChromiumOptions {
  /** The folder of a downloaded browser, some 400 MB. */
  cacheDir: string;
  log?: ((line: string) => void) | undefined;
  /** False: do not look for an installed browser. */
  installed?: boolean | undefined;
}

/** For a container without user namespaces, without a GPU and with a small /dev/shm, and for root. */
export const CHROMIUM_ARGS: readonly string[] = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/**
 * Finds an installed browser, else unpacks Debian's into the cache folder. It returns only a browser that has rendered a
 * page, because Ubuntu's chromium-browser is a stub that needs snap. Throws when there is none.
 */
export async function findChromium(options: ChromiumOptions): Promise<Chromium> {
  const found = options.installed === false ? undefined : await installedChromium();
  if (found) return found;
  if (!isDebian())
    throw new Error('no chromium or google-chrome on PATH; install one with the system’s package manager');
  return debianChromium(options);
}

async function installedChromium(): Promise<Chromium | undefined> {
  const onPath = NAMES.map((name) => which.sync(name, { nothrow: true }));
  const candidates = [...onPath, ...NAMES.map((name) => `/usr/bin/${name}`), MAC];
  for (const executablePath of new Set(candidates.filter((path) => path !== null))) {
    const browser = { executablePath, env: {} };
    if (await renders(browser)) return browser;
  }
  return undefined;
}

async function debianChromium({ cacheDir, log }: ChromiumOptions): Promise<Chromium> {
  // dejavu: without a font the browser crashes at the first text that it draws.
  const options: DebianOptions = { packages: ['chromium', 'fonts-dejavu-core'], cacheDir, log };
  const kept = await unpacked(options);
  if (await renders(kept)) return kept;
  dropDebianPackages(options);
  const fresh = await unpacked(options);
  if (await renders(fresh)) return fresh;
  throw new Error(`${fresh.executablePath} was fetched, but does not run on this machine`);
}

async function unpacked(options: DebianOptions): Promise<Chromium> {
  const { root, env } = await fetchDebianPackages(options);
  // /usr/bin/chromium is a script that names /usr/lib/chromium by its full path, so the program itself is run.
  return { executablePath: join(root, 'usr/lib/chromium/chromium'), env: { ...env, ...fonts(root) } };
}

/** Writes a fontconfig, because the unpacked one looks for fonts and settings in /usr/share and /etc. */
function fonts(root: string): Record<string, string> {
  const folder = join(root, 'fontconfig');
  const file = join(folder, 'fonts.conf');
  mkdirSync(folder, { recursive: true });
  const xml = [
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>',
    `<dir>/usr/share/fonts</dir><dir>${join(resolve(root), 'usr/share/fonts')}</dir><cachedir>${join(folder, 'cache')}</cachedir></fontconfig>`,
  ];
  writeFileSync(file, xml.join('\n'));
  return { FONTCONFIG_FILE: file };
}

async function renders({ executablePath, env }: Chromium): Promise<boolean> {
  const page = 'data:text/html,<p id=p></p><script>p.textContent=6*7</script>';
  try {
    const { stdout } = await promisify(execFile)(executablePath, [...CHROMIUM_ARGS, '--dump-dom', page], {
      env: { ...process.env, ...env },
      timeout: 60_000,
    });
    return stdout.includes('>42</p>');
  } catch {
    return false;
  }
}
