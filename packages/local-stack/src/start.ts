import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, readConfig } from '@ardor/runtime/config/config';
import { banner } from './banner.js';
import { adviseNode } from './choose-node.js';
import { findNode } from './find-node.js';
import { FolderInUse, lockFolder } from './folder-lock.js';
import { type Home, prepareHome } from './home.js';
import { killEverything, stopOrphans } from './orphans.js';
import { type Print, createProgress } from './progress.js';
import { secretFiles } from './secret-files.js';
import { describeStack } from './services.js';
import { type StartConfig, startSettings } from './start-settings.js';
import { startStores } from './stores.js';
import { supervise } from './supervise.js';
import { explainTakenPorts } from './wanted-ports.js';

/** Runs the whole stack until it is stopped. Resolves to the exit code: 0 when stopped on request, else 1. */
export async function start(checkout: string): Promise<number> {
  const write = (text: string): void => void process.stdout.write(text);
  // The terminal may go away before we do; what is left to do is to stop everything, not to fail at saying so.
  process.stdout.on('error', () => undefined);
  const print = createProgress(write);
  try {
    const config = readConfig(startSettings, process.env);
    const home = prepareHome(checkout, config.home === '' ? undefined : config.home);
    const unlock = lockFolder(home.root);
    try {
      return await run(checkout, home, config, { print, write });
    } finally {
      unlock();
    }
  } catch (error) {
    if (!(error instanceof FolderInUse || error instanceof ConfigError)) throw error;
    write(`${error instanceof FolderInUse ? alreadyRunning(error) : error.message}\n`);
    return 1;
  }
}

async function run(
  checkout: string,
  home: Home,
  config: StartConfig,
  { print, write }: { print: Print; write: (text: string) => void },
): Promise<number> {
  const stop = stopOnSignal(home, write);
  const node = await serviceNode(config, print);
  await stopOrphans(home, print);
  const secrets = secretFiles(home, process.env);
  const stack = describeStack(checkout, config, secrets.env);
  const taken = await explainTakenPorts(stack.ports, startCommand(checkout));
  if (taken.length > 0) {
    write(`${taken.join('\n')}\n`);
    return 1;
  }
  const migrate = { args: [join(checkout, 'packages/cli/dist/main.js'), 'migrate', '--seed'], env: secrets.env };
  return supervise({
    home,
    print,
    node,
    services: stack.services,
    prepare: (supervision) => startStores(config, home, migrate, supervision),
    onReady: () =>
      write(
        banner({
          ...config,
          simulatorUrl: stack.simulatorUrl,
          dashboardPassword: secrets.dashboardPassword,
          logs: home.logs,
        }),
      ),
    stop,
  });
}

/** The program that runs the services, and a word on which it is. */
async function serviceNode(config: StartConfig, print: Print): Promise<string> {
  const node = await findNode({
    wanted: config.node === '' ? undefined : config.node,
    running: { path: process.execPath, version: process.versions.node },
    env: process.env,
    home: homedir(),
  });
  print(`the services run on Node ${node.version} (${node.path})`);
  const advice = adviseNode(node);
  if (advice !== undefined) print(advice);
  return node.path;
}

/** One Ctrl-C may arrive twice: from the terminal, and passed on by the package manager that runs us. */
const SAME_CTRL_C_MS = 500;

/** The first signal asks everything to stop in order, the second kills it. */
function stopOnSignal(home: Home, write: (text: string) => void): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  const onSignal = (): void => {
    if (!controller.signal.aborted) {
      first = performance.now();
      controller.abort();
    } else if (performance.now() - first > SAME_CTRL_C_MS) {
      write('killing everything\n');
      killEverything(home);
      process.exit(1);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return controller.signal;
}

function alreadyRunning({ folder, pid }: FolderInUse): string {
  return (
    `Ardor already runs in this checkout: process ${pid} uses ${folder}.\n` +
    `Stop it with Ctrl-C where it was started, or with: kill ${pid}\n` +
    'A second one beside it needs a folder (ARDOR_HOME) and ports of its own.'
  );
}

/** As in the README: with the very pnpm this checkout asks for. */
function startCommand(checkout: string): string {
  const manifest = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { packageManager?: string };
  return `npx -y ${manifest.packageManager ?? 'pnpm'} start`;
}
