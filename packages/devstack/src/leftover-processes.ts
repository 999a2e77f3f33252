import { globSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type PidRecord, isAlive, readPidRecord } from './pid-record.js';
import { waitFor } from '@ardor/runtime/wait-for';

/**
 * Stops what a killed run left behind under this pid file, and removes the file. Returns the pid that was stopped.
 * A pid that belongs to another program by now is not touched.
 */
export async function stopLeftover(pidFile: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | undefined> {
  const record = readPidRecord(pidFile);
  const found = record !== undefined && isAlive(record);
  if (found) await stopRecorded(record, signal);
  rmSync(pidFile, { force: true });
  return found ? record.pid : undefined;
}

/** Stops the services that a killed run left behind; Postgres and Redis are stopped by the next start of each. */
export async function stopLeftovers(folder: string, print: (line: string) => void): Promise<void> {
  await Promise.all(
    pidFilesIn(folder).map(async (file) => {
      const pid = await stopLeftover(file);
      if (pid !== undefined) print(`stopped ${basename(file, '.pid')} (process ${pid}) of an earlier run`);
    }),
  );
}

export const pidFilesIn = (folder: string): string[] =>
  globSync('*.pid', { cwd: folder }).map((name) => join(folder, name));

/** Kills at once what the pid files name: for the person who presses Ctrl-C twice. */
export function killRecorded(pidFiles: readonly string[]): void {
  for (const file of pidFiles) {
    const record = readPidRecord(file);
    if (record) send(record, 'SIGKILL');
  }
}

async function stopRecorded(record: PidRecord, signal: NodeJS.Signals): Promise<void> {
  const gone = (): boolean => !isAlive(record);
  send(record, signal);
  await waitFor(gone, { withinMs: 10_000 }).catch(() => send(record, 'SIGKILL'));
  await waitFor(gone, { withinMs: 5_000 }).catch((cause: unknown) => {
    throw new Error(`process ${record.pid} of an earlier run does not stop`, { cause });
  });
}

function send(record: PidRecord, signal: NodeJS.Signals): void {
  if (isAlive(record)) process.kill(record.pid, signal);
}
