import { type CleanupStack, createCleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { type Exit, describeExit } from './child.js';
import { type Home } from './home.js';
import { type Print } from './progress.js';
import { type ServiceSpec } from './service-spec.js';
import { startServices } from './start-services.js';
import { type Supervision, type Watched } from './supervision.js';

export interface Plan {
  home: Pick<Home, 'logs' | 'run'>;
  print: Print;
  /** The program that runs the services. */
  node: string;
  /** Starts what the services stand on and returns what they need in their environment. */
  prepare: (supervision: Supervision) => Promise<NodeJS.ProcessEnv>;
  /** In the order of their start; they are stopped the other way round. */
  services: readonly ServiceSpec[];
  /** Called when every service is ready. */
  onReady: () => void;
  /** Aborted by the person: Ctrl-C. */
  stop: AbortSignal;
}

/** Wanted: the person asked for it. Otherwise the reason, in words for the person. */
class Stopped extends Error {}

/**
 * Brings everything up, watches it, and takes it down in the reverse order: when asked to, when a process dies, or
 * when the start fails. Resolves to the exit code when nothing of it runs any more.
 */
export async function supervise(plan: Plan): Promise<0 | 1> {
  if (plan.stop.aborted) return 0;
  const closers = createCleanupStack();
  const stopping = new AbortController();
  let end: (reason: Error) => void = () => undefined;
  const ended = new Promise<never>((_, reject) => (end = reject));
  const watch = (child: Watched): void => void child.exited.then((exit) => end(new Error(describeDeath(child, exit))));
  plan.stop.addEventListener('abort', () => end(new Stopped()), { once: true });
  const { home, print, node } = plan;
  const start = bringUp(plan, { home, print, node, closers, watch, stopping: stopping.signal });
  try {
    await Promise.race([start, ended]);
    plan.onReady();
    return await ended;
  } catch (reason) {
    stopping.abort();
    // A start under way has to come to its end first, or what it acquires last would be left running.
    await start.catch(() => undefined);
    return await takeDown(plan.print, closers, reason);
  }
}

async function bringUp(plan: Plan, supervision: Supervision): Promise<void> {
  const env = await plan.prepare(supervision);
  supervision.stopping.throwIfAborted();
  await startServices(plan.services, env, supervision);
}

async function takeDown(print: Print, closers: CleanupStack, reason: unknown): Promise<0 | 1> {
  const wanted = reason instanceof Stopped;
  if (!wanted) print(reason instanceof Error ? reason.message : String(reason));
  print(wanted ? 'stopping' : 'stopping everything else');
  const failures = await closers.closeAll();
  for (const { name, error } of failures) print(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  print('stopped');
  return wanted && failures.length === 0 ? 0 : 1;
}

function describeDeath(child: Watched, exit: Exit): string {
  return `${describeExit(child, exit)}\nWithout ${child.name} the rest is of no use. Mend the cause above and start again.`;
}
