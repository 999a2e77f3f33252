import { createCleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { type Child, describeExit } from './child.js';

export type Print = (line: string) => void;

/** What starting a part of the stack needs. */
export interface Supervision {
  readonly print: Print;
  /** Aborted as soon as everything is to stop, also in the middle of the start. */
  readonly stopping: AbortSignal;
  /** From now on this child is stopped in its turn, and its death stops everything. */
  readonly superviseChild: (child: Child) => void;
}

/** The person asked for the end. Every other reason is a failure. */
class Stopped extends Error {}

/**
 * Brings everything up, watches it, and stops it in the reverse order: when `stop` is aborted, when a child dies, or
 * when the start fails. `kill` does not wait for those that take their time. Resolves to the exit code at the end.
 */
export async function supervise(
  bringUp: (supervision: Supervision) => Promise<void>,
  { print, stop, kill }: { print: Print; stop: AbortSignal; kill: AbortSignal },
): Promise<0 | 1> {
  if (stop.aborted) return 0;
  const cleanup = createCleanupStack();
  const stopping = new AbortController();
  const { promise: ended, reject: end } = Promise.withResolvers<never>();
  stop.addEventListener('abort', () => end(new Stopped()), { once: true });
  const superviseChild = (child: Child): void => {
    let running = true;
    kill.addEventListener('abort', () => child.kill('SIGKILL'));
    void child.exited.then((exit) => {
      running = false;
      end(new Error(`${describeExit(child, exit)}\nThe rest cannot work without ${child.name}.`));
    });
    cleanup.defer(child.name, () => {
      if (running) print(`stopping ${child.name}`);
      return child.stop();
    });
  };
  const start = bringUp({ print, stopping: stopping.signal, superviseChild });
  try {
    await Promise.race([start, ended]);
    return await ended;
  } catch (reason) {
    stopping.abort();
    // The start has to end first: what it starts last would be left running.
    await start.catch(() => undefined);
    const wanted = reason instanceof Stopped;
    if (!wanted) print((reason as Error).message);
    print(wanted ? 'stopping' : 'stopping everything else');
    const failures = await cleanup.closeAll();
    for (const { name, error } of failures) print(`${name}: ${(error as Error).message}`);
    print('stopped');
    return wanted && failures.length === 0 ? 0 : 1;
  }
}
