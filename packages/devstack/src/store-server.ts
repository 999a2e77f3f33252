import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import getPort from 'get-port';
import { type Child, type ChildOptions, startChild } from './child.js';
import { waitUntilReady } from './ready.js';

/** What Postgres and Redis have in common. */
export interface StoreOptions extends Pick<ChildOptions, 'detached' | 'logFile'> {
  /** Keeps the data, the password and the port. Made when missing. */
  readonly dataDir: string;
  /** Absent: the port of the last time if it is still free, else any free one. */
  readonly port?: number | undefined;
  /** Told what goes on, one line at a time. */
  readonly log?: ((line: string) => void) | undefined;
}

export interface StoreServer extends Child {
  readonly url: string;
  readonly port: number;
  /** Stops it and removes all its data. */
  remove(): Promise<void>;
}

interface StorePlan extends Omit<ChildOptions, 'args' | 'pidFile'> {
  readonly dataDir: string;
  readonly port: number | undefined;
  readonly argsFor: (port: number) => readonly string[];
  /** Throws as long as the server of this pid does not answer on this port. */
  readonly probe: (port: number, pid: number) => Promise<void>;
}

/** The file that names the running server of a data folder. */
export const pidFileOf = (dataDir: string): string => join(dataDir, 'process.pid');

/** These pass: another program took the port meanwhile, or a process of a killed Postgres still holds its memory. */
const PASSING = /Address already in use|shared memory block/;
const ATTEMPTS = 5;

/** Starts the server and waits until it answers. A killed one first reads its log again, hence the long wait. */
export async function startStoreServer(plan: StorePlan): Promise<Child & { port: number }> {
  const portFile = join(plan.dataDir, 'port');
  const last = existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : 0;
  for (let attempt = 1; ; attempt++) {
    const port = plan.port ?? (await getPort({ port: last }));
    const child = await startChild({ ...plan, args: plan.argsFor(port), pidFile: pidFileOf(plan.dataDir) });
    try {
      await waitUntilReady(child, () => plan.probe(port, child.pid), { withinMs: 120_000 });
      writeFileSync(portFile, String(port));
      return { ...child, port };
    } catch (error) {
      await child.stop();
      if (attempt === ATTEMPTS || !PASSING.test(child.output())) throw error;
      await pause(500);
    }
  }
}

/** The `remove` of a server whose data lie in these folders. */
export const removeWith = (child: Child, folders: readonly string[]) => async (): Promise<void> => {
  await child.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
};
