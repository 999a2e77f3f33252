import { globSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { waitFor } from '@ardor/runtime/wait-for';
import { type PidRecord, isAlive, readPidRecord } from './pid-record.js';

/**
 * Stops what a killed run left behind under this pid file, and removes the file. Tells what it stopped.
 * A pid that belongs to another program by now is not touched.
 */
export async function stopLeftover(
  pidFile: string,
  {
    name,
    signal = 'SIGTERM',
    log,
  }: { name: string; signal?: NodeJS.Signals; log?: ((line: string) => void) | undefined },
): Promise<void> {
  const record = readPidRecord(pidFile);
  if (record && isAlive(record)) {
    const gone = (): boolean => !isAlive(record);
    send(record, signal);
    await waitFor(gone, { withinMs: 10_000 }).catch(() => send(record, 'SIGKILL'));
    await waitFor(gone, { withinMs: 5_000 });
    log?.(`stopped ${name} (process ${record.pid}) of an earlier run`);
  }
  rmSync(pidFile, { force: true });
}

/** Stops the services that a killed run left behind; Postgres and Redis are stopped by the next start of each. */
export async function stopLeftovers(folder: string, log: (line: string) => void): Promise<void> {
  const files = globSync('*.pid', { cwd: folder });
  await Promise.all(files.map((file) => stopLeftover(join(folder, file), { name: basename(file, '.pid'), log })));
}

function send(record: PidRecord, signal: NodeJS.Signals): void {
  if (isAlive(record)) process.kill(record.pid, signal);
}
