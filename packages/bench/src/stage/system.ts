import { MASTER_KEY } from '@ardor/testkit/fixtures';
import { CHECKOUT } from '@ardor/testkit/paths';
import { freePort, startProcess, startProgram, untilReady, type ServiceProcess } from '@ardor/testkit/service-process';
import type { Groups } from '../cpu/cpu-groups.js';
import type { SystemName } from '../scenarios/scenario.js';
import type { BenchDatabase } from './databases.js';
import type { Host } from './stage.js';

/** What is measured, as processes. */
export interface System {
  /** Of each ingress' API. */
  readonly ports: readonly number[];
  /** /metrics of each ingress; none where there is no such thing. */
  readonly metrics: readonly string[];
  readonly database: BenchDatabase | undefined;
  readonly groups: () => Groups;
  /** The carrier's; it is no part of what is measured, but may hold it up. */
  readonly carrierPid: number | undefined;
  readonly carrierUrl: string | undefined;
  readonly startWorkers: () => Promise<void>;
  readonly stopWorkers: () => Promise<void>;
}

/** Far above what any machine does: the limits are not what is measured. */
const NO_LIMIT = '1000000000';
const UNLIMITED = {
  SEND_LIMIT_PER_SECOND: NO_LIMIT,
  QUERY_LIMIT_PER_SECOND: NO_LIMIT,
  MAX_BACKLOG_SECONDS: '86400',
  MAX_BODY_BYTES: '16777216',
};

/**
 * Starts the ingresses of a system over an empty database; the workers when they are asked for. `settings`: of this system's
 * environment, beyond the usual.
 */
export function startSystem(name: SystemName, host: Host, settings: Record<string, string> = {}): Promise<System> {
  switch (name) {
    case 'http-ceiling':
    case 'express-ceiling':
      return startCeiling(name, host);
    case 'ours':
    case 'naive':
      return startWhole(name, host, settings);
  }
}

async function startCeiling(name: 'http-ceiling' | 'express-ceiling', host: Host): Promise<System> {
  const port = await freePort();
  const service = startOwn(name, { PORT: String(port) }, host);
  await untilReady(service, `http://127.0.0.1:${port}/readyz`);
  return {
    ports: [port],
    metrics: [],
    database: undefined,
    groups: () => ({ ingress: pidsOf([service]), worker: [], redis: [], postgres: [] }),
    carrierPid: undefined,
    carrierUrl: undefined,
    startWorkers: () => Promise.resolve(),
    stopWorkers: () => Promise.resolve(),
  };
}

async function startWhole(name: 'ours' | 'naive', host: Host, settings: Record<string, string>): Promise<System> {
  const { servers, options, closers } = host;
  const database = await host.databases.create(name, closers);
  const [carrierPort, ...ports] = await Promise.all(Array.from({ length: 1 + options.ingresses }, freePort));
  const carrierUrl = `http://127.0.0.1:${carrierPort ?? 0}`;
  const carrier = startProcess('simulator', {}, ['--port', String(carrierPort)], options.node);
  closers.defer('carrier', carrier.stop);
  await untilReady(carrier, `${carrierUrl}/ledger`);
  const env = {
    DATABASE_URL: database.url,
    REDIS_URL: servers.redis.url,
    SIMULATOR_URL: carrierUrl,
    CALLBACK_BASE_URL: `http://127.0.0.1:${ports[0] ?? 0}`,
    ...settings,
  };
  const start = name === 'ours' ? startOurs : startNaive;
  const ingresses = await Promise.all(ports.map((port) => start('ingress', port, env, host)));
  const workers: ServiceProcess[] = [];
  return {
    ports,
    metrics: ingresses.flatMap(({ ops }) => (name === 'ours' ? [`${ops}/metrics`] : [])),
    database,
    groups: () => ({
      ingress: pidsOf(ingresses.map(({ service }) => service)),
      worker: pidsOf(workers),
      redis: [servers.redis.pid],
      postgres: [servers.postgres.pid],
    }),
    carrierPid: carrier.child.pid,
    carrierUrl,
    startWorkers: async () => {
      const freePorts = await Promise.all(Array.from({ length: options.workers }, freePort));
      const started = await Promise.all(freePorts.map((port) => start('worker', port, env, host)));
      workers.push(...started.map(({ service }) => service));
    },
    stopWorkers: async () => {
      await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    },
  };
}

interface Started {
  readonly service: ServiceProcess;
  readonly ops: string;
}

async function startOurs(
  name: 'ingress' | 'worker',
  port: number,
  env: Record<string, string>,
  { options, closers }: Host,
): Promise<Started> {
  const opsPort = name === 'ingress' ? await freePort() : port;
  const own = { HTTP_HOST: '127.0.0.1', HTTP_PORT: String(port), OPS_PORT: String(opsPort) };
  const secret = { ARDOR_MASTER_KEY: MASTER_KEY, LOG_LEVEL: 'warn' };
  const service = startProcess(name, { ...env, ...UNLIMITED, ...secret, ...own }, [], options.node);
  closers.defer(name, service.stop);
  const ops = `http://127.0.0.1:${opsPort}`;
  await untilReady(service, `${ops}/readyz`);
  return { service, ops };
}

async function startNaive(
  name: 'ingress' | 'worker',
  port: number,
  env: Record<string, string>,
  host: Host,
): Promise<Started> {
  const service = startOwn(`naive-${name}`, { ...env, PORT: String(port) }, host);
  const ops = `http://127.0.0.1:${port}`;
  await untilReady(service, `${ops}/readyz`);
  return { service, ops };
}

/** One of the bench's own programs. */
function startOwn(name: string, env: Record<string, string>, { options, closers }: Host): ServiceProcess {
  const script = `${CHECKOUT}packages/bench/dist/programs/${name}.js`;
  const service = startProgram({ name, script, env, args: [], execPath: options.node });
  closers.defer(name, service.stop);
  return service;
}

const pidsOf = (services: readonly ServiceProcess[]): number[] => services.map(({ child }) => child.pid ?? 0);
