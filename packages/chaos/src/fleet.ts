import { type Service, startService } from '@ardor/devstack/service';
import { DASHBOARD_PASSWORD, MASTER_KEY } from '@ardor/testkit/fixtures';
import { freePort } from '@ardor/testkit/free-port';
import { startTcpProxy, through, type TcpProxy } from '@ardor/testkit/tcp-proxy';

/** One of our processes that is started again after each death, on the same ports. */
export interface Member {
  readonly name: 'ingress' | 'worker';
  readonly api: string;
  readonly process: () => Service;
  /** Its own way to each server, before the one that all share. */
  readonly proxies: Readonly<Record<'postgres' | 'redis', TcpProxy>>;
  /** SIGKILL, then a new one; resolves when that one is ready. */
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface Fleet {
  readonly ingresses: readonly Member[];
  readonly workers: readonly Member[];
  readonly stop: () => Promise<void>;
}

export const COPIES = 2;

/** Two ingresses and two workers over the stores that `env` names. */
export async function startFleet(env: Record<string, string>): Promise<Fleet> {
  const apiPorts = await Promise.all(Array.from({ length: COPIES }, freePort));
  const shared = {
    ARDOR_MASTER_KEY: MASTER_KEY,
    DASHBOARD_PASSWORD,
    HTTP_HOST: '127.0.0.1',
    LOG_LEVEL: 'warn',
    CALLBACK_BASE_URL: `http://127.0.0.1:${apiPorts[0] ?? 0}`,
    ...env,
  };
  const ingresses = await Promise.all(
    apiPorts.map((port, index) => startMember('ingress', index, { ...shared, HTTP_PORT: String(port) })),
  );
  const workers = await Promise.all(apiPorts.map((_, index) => startMember('worker', index, shared)));
  return {
    ingresses,
    workers,
    stop: async () => {
      await Promise.all([...ingresses, ...workers].map((member) => member.stop()));
    },
  };
}

async function startMember(name: Member['name'], index: number, shared: Record<string, string>): Promise<Member> {
  const opsPort = await freePort();
  const { DATABASE_URL = '', REDIS_URL = '' } = shared;
  const proxies = { postgres: await proxyTo(DATABASE_URL), redis: await proxyTo(REDIS_URL) };
  const database = new URL(through(proxies.postgres, DATABASE_URL));
  // Who it was, in what the database records.
  database.searchParams.set('application_name', `${name} ${index}`);
  const env = {
    ...shared,
    OPS_PORT: String(opsPort),
    DATABASE_URL: database.href,
    REDIS_URL: through(proxies.redis, REDIS_URL),
  };
  const begin = (): Promise<Service> => startRepeatedly(name, env);
  let current = await begin();
  return {
    name,
    api: `http://127.0.0.1:${shared['HTTP_PORT'] ?? ''}`,
    process: () => current,
    proxies,
    kill: async () => {
      current.kill('SIGKILL');
      await current.exited;
      current = await begin();
    },
    stop: async () => {
      current.kill('SIGCONT');
      await current.stop();
      await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
    },
  };
}

const proxyTo = (url: string): Promise<TcpProxy> => {
  const { hostname, port } = new URL(url);
  return startTcpProxy({ host: hostname, port: Number(port) });
};

const STARTS = 10;

/** Does what a service manager does: a process that does not find its servers ends, and is started again. */
async function startRepeatedly(name: Member['name'], env: Record<string, string>): Promise<Service> {
  for (let starts = 1; ; starts++) {
    try {
      return await startService({ name, env, readyPath: '/healthz', withinMs: 20_000 });
    } catch (error) {
      if (starts === STARTS) throw error;
    }
  }
}
