import { join } from 'node:path';
import { type Child, startChild } from './child.js';
import { lastLines } from './log-file.js';
import { waitUntilReady } from './readiness.js';
import { lookAfter } from './look-after.js';
import { type ServiceSpec } from './service-spec.js';
import { type Supervision } from './supervision.js';

/** A service that is not ready by then has a problem that waiting will not cure. */
const READY_WITHIN_MS = 60_000;
/** Most are ready within two; whoever watches learns why this one is not, before it is given up. */
const TELL_AFTER_MS = 5_000;

/** Starts the services one after the other, then waits for all of them. Throws when one is not ready in time. */
export async function startServices(
  specs: readonly ServiceSpec[],
  env: NodeJS.ProcessEnv,
  supervision: Supervision,
): Promise<void> {
  const { print, stopping } = supervision;
  const children: { spec: ServiceSpec; child: Child }[] = [];
  for (const spec of specs) {
    stopping.throwIfAborted();
    print(`starting ${spec.name}`);
    const child = await startNode(spec.name, spec.args, { ...env, ...spec.env }, supervision);
    lookAfter(child, supervision);
    children.push({ spec, child });
  }
  await Promise.all(children.map(({ spec, child }) => ready(spec, child, supervision)));
}

/** Starts a script with the Node that was chosen; its log and pid file carry its name. */
export function startNode(
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { home, node }: Pick<Supervision, 'home' | 'node'>,
): Promise<Child> {
  return startChild({
    name,
    command: node,
    args,
    cwd: process.cwd(),
    env: { ...process.env, ...env },
    logFile: join(home.logs, `${name}.log`),
    pidFile: join(home.run, `${name}.pid`),
  });
}

async function ready(spec: ServiceSpec, child: Child, { print, stopping }: Supervision): Promise<void> {
  const tell = (last: string): void => print(`${spec.name} is not ready yet (${child.logFile} says why): ${last}`);
  const patience = { withinMs: READY_WITHIN_MS, tellAfterMs: TELL_AFTER_MS, tell };
  const result = await waitUntilReady(spec.readyUrl, patience, stopping);
  stopping.throwIfAborted();
  if (result.ready) print(`${spec.name} is ready`);
  else
    throw new Error(
      `${spec.name} is not ready after ${READY_WITHIN_MS / 1000} s: ${spec.readyUrl} answered ${result.last}. ` +
        `The last lines of ${child.logFile}:\n${lastLines(child.logFile)}`,
    );
}
