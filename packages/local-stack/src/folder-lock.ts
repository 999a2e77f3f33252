import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeProcess, forgetRecord, isAlive, readRecord } from './process-record.js';

/** Another live process already uses the folder. */
export class FolderInUse extends Error {
  constructor(
    readonly folder: string,
    readonly pid: number,
  ) {
    super(`${folder} is in use by process ${pid}, which is still running`);
  }
}

/**
 * Claims a folder for this process; a claim whose process is gone is taken over. Returns the release.
 * Throws FolderInUse. Two processes that find the same dead claim in the same instant may both win; what they then
 * start (Postgres, the ports) has locks of its own.
 */
export function lockFolder(folder: string): () => void {
  const self = describeProcess(process.pid);
  if (!self) throw new Error('cannot read the start time of this process');
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, 'in-use.pid');
  const holder = readRecord(lock);
  if (holder && isAlive(holder)) throw new FolderInUse(folder, holder.pid);
  rmSync(lock, { force: true });
  // Written aside and linked: nobody ever sees a claim that is there but still empty.
  const draft = `${lock}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(self));
  try {
    linkSync(draft, lock);
  } catch {
    throw new FolderInUse(folder, readRecord(lock)?.pid ?? 0);
  } finally {
    rmSync(draft, { force: true });
  }
  return () => forgetRecord(lock, self);
}
