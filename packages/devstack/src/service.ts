import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import getPort from 'get-port';
import { type Child, type ChildOptions, startChild } from './child.js';
import { type ReadyOptions, expectOk, waitUntilReady } from './ready.js';

/** The folder of the project, with a slash at its end. */
export const CHECKOUT = fileURLToPath(new URL('../../../', import.meta.url));

const SERVICES = {
  ingress: { script: 'services/ingress/dist/main.js', ports: ['HTTP_PORT', 'OPS_PORT'], readyPath: '/readyz' },
  worker: { script: 'services/worker/dist/main.js', ports: ['OPS_PORT'], readyPath: '/readyz' },
  simulator: { script: 'packages/simulator/dist/main.js', ports: ['SIMULATOR_PORT'], readyPath: '/ledger' },
} as const;

export type ServiceName = keyof typeof SERVICES;

export interface ServiceOptions extends Pick<ChildOptions, 'logFile' | 'pidFile' | 'detached'> {
  readonly name: ServiceName;
  /** The whole environment, but for PATH. A free port is chosen for HTTP_PORT, OPS_PORT, SIMULATOR_PORT where it has none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The folder of another built checkout, to run that one's code; this one's unless told otherwise. */
  readonly checkout?: string | undefined;
  /** Arguments of the simulator. */
  readonly args?: readonly string[] | undefined;
  /** The path that answers 200 when it is ready; `/readyz`, of the simulator `/ledger`, unless told otherwise. */
  readonly readyPath?: string | undefined;
}

export interface Service extends Child {
  /** Base URL of the API (ingress), of the carrier (simulator), or `opsUrl` (worker). */
  readonly url: string;
  /** Base URL of /healthz, /readyz and /metrics. */
  readonly opsUrl: string;
  /** What it was started with, ports included: another of its kind, or its successor, can be started from this. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Waits until it is ready; see waitUntilReady for how it rejects. */
  ready(options?: ReadyOptions): Promise<void>;
}

/** Starts a built service on the Node that runs this process, and does not wait for it. */
export async function launchService({
  name,
  env = {},
  args = [],
  checkout = CHECKOUT,
  readyPath,
  ...options
}: ServiceOptions): Promise<Service> {
  const { script, ports, readyPath: usualPath } = SERVICES[name];
  const chosen = await Promise.all(ports.map(async (port) => [port, env[port] || String(await getPort())] as const));
  const full: Record<string, string | undefined> = { PATH: process.env['PATH'], ...env, ...Object.fromEntries(chosen) };
  const [url = '', opsUrl = url] = chosen.map(([, port]) => `http://127.0.0.1:${port}`);
  const port = name === 'simulator' ? ['--port', String(full['SIMULATOR_PORT'])] : [];
  const child = await startChild({
    ...options,
    name,
    command: process.execPath,
    args: [join(checkout, script), ...port, ...args],
    cwd: checkout,
    env: full,
  });
  const probe = (): Promise<void> => expectOk(opsUrl + (readyPath ?? usualPath));
  return { ...child, url, opsUrl, env: full, ready: (wait) => waitUntilReady(child, probe, wait) };
}

/** Starts a service and waits until it is ready. Rejects, with its last log lines and after its end, when it is not. */
export async function startService(options: ServiceOptions & ReadyOptions): Promise<Service> {
  const { withinMs, signal, onSlow, slowAfterMs, ...launch } = options;
  const service = await launchService(launch);
  try {
    await service.ready({ withinMs, signal, onSlow, slowAfterMs });
    return service;
  } catch (error) {
    await service.stop();
    throw error;
  }
}
