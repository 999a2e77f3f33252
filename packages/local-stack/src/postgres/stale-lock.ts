import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, describeProcess } from '../process-record.js';
import { FAST_SHUTDOWN, signalSteps } from '../stop-steps.js';

/**
 * Clears what a killed run left in the cluster. A Postgres that still runs on it is shut down (it is nobody's: the
 * folder's lock is ours). A postmaster.pid whose pid now belongs to another program is removed, since Postgres would
 * take that program for itself and refuse. One whose process is gone is left to Postgres, which then also makes sure
 * that no backend of the old server is still writing.
 * Returns a sentence on what was done, if anything.
 */
export async function clearStaleServer(cluster: string): Promise<string | undefined> {
  const pidFile = join(cluster, 'postmaster.pid');
  const pid = firstLineAsPid(pidFile);
  if (pid === undefined) return undefined;
  const running = describeProcess(pid);
  if (!running) return undefined;
  if (!commandLine(pid).includes(cluster)) {
    rmSync(pidFile, { force: true });
    return `removed a stale postmaster.pid (process ${pid} is another program)`;
  }
  if (!(await signalSteps(running, FAST_SHUTDOWN))) throw new Error(`Postgres ${pid} of an earlier run does not stop`);
  return `stopped Postgres ${pid}, left behind by an earlier run`;
}

function firstLineAsPid(pidFile: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}
