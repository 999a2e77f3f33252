import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { embeddedFolder } from './embedded.js';

/** A set of Postgres programs that was seen to run. */
export interface PostgresBinaries {
  /** The folder with `initdb` and `postgres`. */
  bin: string;
  /** 15, 16, 17 … A data folder can only be opened by the major version that made it. */
  major: number;
  /** True for the ones that came from npm and live inside node_modules. */
  embedded: boolean;
}

/**
 * All usable Postgres programs of this machine in order of preference: PATH, the usual install folders newest first,
 * then the npm package. The system's own come first because they get security updates.
 */
export function findPostgres(path = process.env['PATH'] ?? ''): PostgresBinaries[] {
  const embedded = embeddedFolder();
  return [
    ...[...path.split(':').filter(Boolean), ...installFolders()].flatMap((bin) => probe(bin, false)),
    ...(embedded === undefined ? [] : probe(embedded, true)),
  ];
}

/** The npm package's programs alone. */
export function findEmbeddedPostgres(): PostgresBinaries[] {
  const embedded = embeddedFolder();
  return embedded === undefined ? [] : probe(embedded, true);
}

function installFolders(): string[] {
  return [
    ...newestFirst('/usr/lib/postgresql', ''),
    ...newestFirst('/opt/homebrew/opt', 'postgresql@'),
    ...newestFirst('/usr/local/opt', 'postgresql@'),
  ];
}

function newestFirst(parent: string, prefix: string): string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .sort((a, b) => Number(b.slice(prefix.length)) - Number(a.slice(prefix.length)))
    .map((name) => join(parent, name, 'bin'));
}

/** Runs `postgres --version`: a binary built for another libc, or without its libraries, is no candidate. */
function probe(folder: string, embedded: boolean): PostgresBinaries[] {
  try {
    // PATH often holds a link to the real folder, and only there do initdb and postgres lie side by side.
    const bin = dirname(realpathSync(join(folder, 'initdb')));
    const version = execFileSync(join(bin, 'postgres'), ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const major = Number(/\(PostgreSQL\) (\d+)/.exec(version)?.[1]);
    return Number.isInteger(major) ? [{ bin, major, embedded }] : [];
  } catch {
    return [];
  }
}
