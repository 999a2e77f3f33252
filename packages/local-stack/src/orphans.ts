import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Home } from './home.js';
import { stopOrphan } from './orphan.js';
import { isAlive, readRecord } from './process-record.js';
import { type Print } from './progress.js';
import { ASK_THEN_KILL } from './stop-steps.js';

/** Stops the services of a run that was killed; Postgres and Redis see to their own when they are started. */
export async function stopOrphans(home: Home, print: Print): Promise<void> {
  await Promise.all(
    pidFiles(home.run).map(async (file) => {
      const pid = await stopOrphan(file, ASK_THEN_KILL);
      if (pid !== undefined) print(`stopped ${basename(file, '.pid')} (process ${pid}) of an earlier run`);
    }),
  );
}

/** Kills everything that is written down as running, at once: for the person who presses Ctrl-C twice. */
export function killEverything(home: Home): void {
  const files = [...pidFiles(home.run), join(home.postgres, 'process.pid'), join(home.redis, 'process.pid')];
  for (const file of files) {
    const record = readRecord(file);
    if (record && isAlive(record)) process.kill(record.pid, 'SIGKILL');
  }
}

function pidFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.pid'))
    .map((name) => join(folder, name));
}
