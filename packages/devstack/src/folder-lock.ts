import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { isAlive, readPidRecord, writePidRecord } from './pid-record.js';

/** Another live process uses the folder. */
export class FolderInUse extends Error {}

/**
 * Claims an existing folder for this process and returns the release. Throws FolderInUse, which names the owner.
 * The pid record tells a live owner from a killed one at once; the lock decides between two starts at the same moment.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const pidFile = join(folder, 'start.pid');
  const owner = readPidRecord(pidFile);
  if (owner && isAlive(owner))
    throw new FolderInUse(
      `Ardor already runs in this checkout: process ${owner.pid} uses ${folder}.\n` +
        `Stop it with Ctrl-C where it was started, or with: kill ${owner.pid}\n` +
        'A second one beside it needs a folder (ARDOR_HOME) and ports of its own.',
    );
  // A killed run leaves its lock behind, which is stale two seconds later.
  const retries = { retries: 15, minTimeout: 200, factor: 1 };
  // Compromised means: the folder was removed. This process goes on, and its ports keep a second one away.
  const release = await lock(folder, { stale: 2_000, retries, onCompromised: () => undefined });
  writePidRecord(pidFile, process.pid);
  return async () => {
    rmSync(pidFile, { force: true });
    await release();
  };
}
