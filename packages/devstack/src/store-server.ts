import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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

interface StoreProgram extends Omit<ChildOptions, 'args' | 'pidFile' | 'logFile' | 'detached'> {
  readonly argsFor: (port: number) => readonly string[];
  readonly urlFor: (port: number) => string;
  /** Throws as long as the server of this pid does not answer. */
  readonly probe: (url: string, pid: number) => Promise<void>;
  /** All that `remove` removes. */
  readonly folders: readonly string[];
}

/** The file that names the running server of a data folder. */
export const pidFileOf = (dataDir: string): string => join(dataDir, 'process.pid');

/** These pass: another program took the port meanwhile, or a process of a killed Postgres still holds its memory. */
const PASSING = /Address already in use|shared memory block/;
const ATTEMPTS = 5;

/** Starts the server and waits until it answers. A killed one first reads its log again, hence the long wait. */
export async function startStoreServer(options: StoreOptions, program: StoreProgram): Promise<StoreServer> {
  const { name, argsFor, urlFor, probe, folders } = program;
  const dataDir = resolve(options.dataDir);
  const [portFile, pidFile] = [join(dataDir, 'port'), pidFileOf(dataDir)];
  const logFile = options.logFile ?? join(dataDir, `${name.toLowerCase()}.log`);
  const last = existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : 0;
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await getPort({ port: last }));
    const url = urlFor(port);
    const child = await startChild({ ...program, args: argsFor(port), detached: options.detached, logFile, pidFile });
    try {
      await waitUntilReady(child, () => probe(url, child.pid), { withinMs: 120_000 });
    } catch (error) {
      await child.stop();
      if (attempt === ATTEMPTS || !PASSING.test(child.output())) throw error;
      await sleep(500);
      continue;
    }
    writeFileSync(portFile, String(port));
    options.log?.(`${name} listens on 127.0.0.1:${port}`);
    const remove = async (): Promise<void> => {
      await child.stop();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    };
    return { ...child, url, port, remove };
  }
}
