import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, readConfig } from '@ardor/runtime/config/setting-types';
import { banner } from './banner.js';
import { bringUp } from './bring-up.js';
import { FolderInUse, lockFolder } from './folder-lock.js';
import { type Home, prepareHome } from './home.js';
import { stopLeftovers } from './leftover-processes.js';
import { explainTakenPorts } from './port-check.js';
import { prepareSecrets } from './secrets.js';
import { CHECKOUT } from './service.js';
import { planStack } from './stack-plan.js';
import { type StartConfig, startSettings } from './start-settings.js';
import { supervise } from './supervise.js';

const write = (text: string): void => void process.stdout.write(text);
const print = (line: string): void => write(`[${(performance.now() / 1000).toFixed(1).padStart(5)} s] ${line}\n`);

/** Runs the whole stack until it is stopped. Resolves to the exit code: 0 when stopped on request, else 1. */
export async function start(): Promise<number> {
  // The terminal may be closed before the end; everything is stopped all the same.
  process.stdout.on('error', () => undefined);
  try {
    const config = readConfig(startSettings, process.env);
    const home = prepareHome(CHECKOUT, config.home);
    const unlock = await lockFolder(home.root);
    try {
      return await run(config, home);
    } finally {
      await unlock();
    }
  } catch (error) {
    if (!(error instanceof FolderInUse || error instanceof ConfigError)) throw error;
    write(`${error.message}\n`);
    return 1;
  }
}

async function run(config: StartConfig, home: Home): Promise<number> {
  const signals = listenToSignals();
  await stopLeftovers(home.run, print);
  const { env, dashboardPassword } = prepareSecrets(home, process.env);
  const plan = planStack(config, { ...process.env, ...env });
  const taken = await explainTakenPorts(plan.ports, startCommand());
  if (taken.length > 0) {
    write(`${taken.join('\n')}\n`);
    return 1;
  }
  return supervise(
    async (supervision) => {
      await bringUp({ config, home, plan, secrets: env }, supervision);
      write(banner(config, { simulatorUrl: plan.simulatorUrl, dashboardPassword, logs: home.logs }));
    },
    { print, ...signals },
  );
}

/** One Ctrl-C may arrive twice: from the terminal, and from the package manager that runs us. */
const SAME_CTRL_C_MS = 500;

/** The first signal asks everything to stop in order, the second kills it. */
function listenToSignals(): { stop: AbortSignal; kill: AbortSignal } {
  const [stop, kill] = [new AbortController(), new AbortController()];
  let first = 0;
  const onSignal = (): void => {
    first ||= performance.now();
    if (performance.now() - first > SAME_CTRL_C_MS) kill.abort();
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return { stop: stop.signal, kill: kill.signal };
}

/** As in the README: with the very pnpm that this checkout asks for. */
function startCommand(): string {
  const manifest = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8')) as { packageManager: string };
  return `npx -y ${manifest.packageManager} start`;
}
