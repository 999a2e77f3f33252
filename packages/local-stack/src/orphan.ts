import { rmSync } from 'node:fs';
import { type ProcessRecord, isAlive, readRecord } from './process-record.js';
import { type StopStep, signalSteps } from './stop-steps.js';

/**
 * Stops what an earlier, killed run left behind under this pid file, and removes the file.
 * A pid that by now belongs to some other program is never touched. Returns the pid that was stopped, if any.
 */
export async function stopOrphan(pidFile: string, steps: readonly StopStep[]): Promise<number | undefined> {
  const record = readRecord(pidFile);
  const stopped = record !== undefined && isAlive(record) ? await stopRecorded(record, steps) : undefined;
  rmSync(pidFile, { force: true });
  return stopped;
}

async function stopRecorded(record: ProcessRecord, steps: readonly StopStep[]): Promise<number> {
  if (!(await signalSteps(record, steps))) throw new Error(`process ${record.pid} of an earlier run does not stop`);
  return record.pid;
}
