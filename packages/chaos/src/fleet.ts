import { type Service, startService } from '@ardor/devstack/service';
import { DASHBOARD_PASSWORD, MASTER_KEY } from '@ardor/testkit/fixtures';
import { freePort } from '@ardor/testkit/free-port';
import { startTcpProxy, through, type TcpProxy } from '@ardor/testkit/tcp-proxy';

export type Kind = 'ingress' | 'worker';
export type Store = 'postgres' | 'redis';

/** How the next life of a member differs from its usual one. */
interface OtherLife {
  readonly env?: Readonly<Record<string, string>>;
  /** The folder of another built checkout. */
  readonly checkout?: string;
}

/** One copy of a service. After each death it is started again on the same ports. */
export interface Member {
  /** Its own proxy to each store, in front of the one that all members share. */
  readonly proxies: Readonly<Record<Store, TcpProxy>>;
  readonly url: string;
  readonly signal: (signal: 'SIGSTOP' | 'SIGCONT') => void;
  /** Kills it and starts a new one, whose life may differ from the usual one; resolves when that one is healthy. */
  readonly kill: (withOther?: OtherLife) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface Fleet {
  readonly ingress: readonly Member[];
  readonly worker: readonly Member[];
  readonly stop: () => Promise<void>;
}

/** Copies of each service. */
export const COPIES = 2;

/** Starts ingresses and workers over the stores that `env` names. */
export async function startFleet(env: Record<string, string>): Promise<Fleet> {
  const apiPorts = await Promise.all(Array.from({ length: COPIES }, freePort));
  const shared = {
    NODE_ENV: 'test',
    ARDOR_MASTER_KEY: MASTER_KEY,
    DASHBOARD_PASSWORD,
    HTTP_HOST: '127.0.0.1',
    LOG_LEVEL: 'warn',
    CALLBACK_BASE_URL: `http://127.0.0.1:${apiPorts[0] ?? 0}`,
    ...env,
  };
  const ingress = await Promise.all(
    apiPorts.map((port, index) => startMember('ingress', index, { ...shared, HTTP_PORT: String(port) })),
  );
  const worker = await Promise.all(apiPorts.map((_, index) => startMember('worker', index, shared)));
  const stop = async (): Promise<void> => {
    await Promise.all([...ingress, ...worker].map((member) => member.stop()));
  };
  return { ingress, worker, stop };
}

export function memberOf(fleet: Fleet, kind: Kind, index: number): Member {
  const member = fleet[kind][index];
  if (!member) throw new Error(`there is no ${kind} ${index}`);
  return member;
}

async function startMember(kind: Kind, index: number, shared: Record<string, string>): Promise<Member> {
  const { DATABASE_URL = '', MAINTENANCE_DATABASE_URL = '', REDIS_URL = '' } = shared;
  const proxies = { postgres: await proxyTo(DATABASE_URL), redis: await proxyTo(REDIS_URL) };
  const database = new URL(through(proxies.postgres, DATABASE_URL));
  // The audit trail of the database names the member by this.
  database.searchParams.set('application_name', `${kind} ${index}`);
  const env = {
    ...shared,
    DATABASE_URL: database.href,
    MAINTENANCE_DATABASE_URL: through(proxies.postgres, MAINTENANCE_DATABASE_URL),
    REDIS_URL: through(proxies.redis, REDIS_URL),
  };
  let current = await startUntilHealthy(kind, env);
  // Its environment has the ports that were chosen at the first start.
  const usual = current.env;
  return {
    proxies,
    url: current.url,
    signal: (signal) => current.kill(signal),
    kill: async ({ env: other, checkout } = {}) => {
      current.kill('SIGKILL');
      await current.exited;
      current = await startUntilHealthy(kind, { ...usual, ...other }, checkout);
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

const MAX_STARTS = 10;

/** Restarts like any supervisor: a service that does not find its stores ends and is started again. */
async function startUntilHealthy(name: Kind, env: Service['env'], checkout?: string): Promise<Service> {
  for (let starts = 1; ; starts++) {
    try {
      return await startService({ name, env, checkout, readyPath: '/healthz', withinMs: 20_000 });
    } catch (error) {
      if (starts === MAX_STARTS) throw error;
    }
  }
}
