import { type Child, startChild } from '@ardor/devstack/child';
import { expectOk, waitUntilReady } from '@ardor/devstack/ready';
import { startService } from '@ardor/devstack/service';
import { MASTER_KEY } from '@ardor/testkit/fixtures';
import { freePort } from '@ardor/testkit/free-port';
import { CHECKOUT } from '@ardor/testkit/paths';
import type { Groups } from '../cpu/cpu-groups.js';
import type { BenchDatabase } from './databases.js';
import type { Session } from './session.js';

/** Ardor, or an afternoon's version of it, as processes over an empty database. */
export interface System {
  /** The API port of each ingress. */
  readonly ports: readonly number[];
  /** The URL of /metrics of each ingress. The naive version has none. */
  readonly metrics: readonly string[];
  readonly database: BenchDatabase;
  readonly carrierUrl: string;
  readonly groups: () => Groups;
  readonly startWorkers: () => Promise<void>;
  readonly stopWorkers: () => Promise<void>;
}

export type SystemName = 'ardor' | 'naive';
type Env = Readonly<Record<string, string>>;

/** The limits are not what is measured, so they are far above what any machine does. */
const UNLIMITED = {
  SEND_LIMIT_PER_SECOND: '1000000000',
  QUERY_LIMIT_PER_SECOND: '1000000000',
  MAX_BACKLOG_SECONDS: '86400',
  MAX_BODY_BYTES: '16777216',
};

/** Starts the ingresses and the carrier; workers start when they are asked for. */
export async function startSystem(name: SystemName, session: Session, settings: Env = {}): Promise<System> {
  const { servers, options, closers } = session;
  const database = await session.databases.create(name, closers);
  const carrier = await startService({ name: 'simulator' });
  closers.defer('carrier', carrier.stop);
  const ports = await Promise.all(Array.from({ length: options.ingresses }, freePort));
  const env = {
    DATABASE_URL: database.url,
    REDIS_URL: servers.redis.url,
    SIMULATOR_URL: carrier.url,
    CALLBACK_BASE_URL: `http://127.0.0.1:${ports[0] ?? 0}`,
    ...settings,
  };
  const start = async (service: 'ingress' | 'worker', port: number): Promise<Child & { opsUrl?: string }> => {
    const started = await (name === 'ardor'
      ? startService({ name: service, env: ardorSettings(service, port, env) })
      : startBenchProgram(`naive-${service}`, port, env));
    closers.defer(service, started.stop);
    return started;
  };
  const ingresses = await Promise.all(ports.map((port) => start('ingress', port)));
  const workers: Child[] = [];
  return {
    ports,
    metrics: ingresses.flatMap(({ opsUrl }) => (opsUrl === undefined ? [] : [`${opsUrl}/metrics`])),
    database,
    carrierUrl: carrier.url,
    groups: () => ({
      ingress: ingresses.map(({ pid }) => pid),
      worker: workers.map(({ pid }) => pid),
      redis: [servers.redis.pid],
      postgres: [servers.postgres.pid],
    }),
    startWorkers: async () => {
      const starting = Array.from({ length: options.workers }, async () => start('worker', await freePort()));
      workers.push(...(await Promise.all(starting)));
    },
    stopWorkers: async () => {
      await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    },
  };
}

const ardorSettings = (service: 'ingress' | 'worker', port: number, env: Env): Env => ({
  ...env,
  ...UNLIMITED,
  NODE_ENV: 'test',
  ARDOR_MASTER_KEY: MASTER_KEY,
  LOG_LEVEL: 'warn',
  HTTP_HOST: '127.0.0.1',
  [service === 'ingress' ? 'HTTP_PORT' : 'OPS_PORT']: String(port),
});

/** Starts one of the programs of the bench and waits until it answers. */
export async function startBenchProgram(name: string, port: number, env: Env): Promise<Child> {
  const child = await startChild({
    name,
    command: process.execPath,
    args: [`${CHECKOUT}packages/bench/dist/programs/${name}.js`],
    cwd: CHECKOUT,
    env: { PATH: process.env['PATH'], ...env, PORT: String(port) },
  });
  await waitUntilReady(child, () => expectOk(`http://127.0.0.1:${port}/readyz`));
  return child;
}
