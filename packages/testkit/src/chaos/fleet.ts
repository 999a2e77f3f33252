import { DASHBOARD_PASSWORD } from '../stack.js';
import { MASTER_KEY } from '../fixtures.js';
import { freePort, startProcess, untilReady, type ServiceProcess } from '../service-process.js';

/** One of our processes that is started again after each death, on the same ports. */
export interface Member {
  readonly name: 'ingress' | 'worker';
  readonly api: string;
  readonly process: () => ServiceProcess;
  /** SIGKILL, then a new one; resolves when that one is ready. */
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<number | null>;
}

export interface Fleet {
  readonly ingresses: readonly Member[];
  readonly workers: readonly Member[];
  readonly stop: () => Promise<void>;
}

const COPIES = 2;

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
    apiPorts.map((port) => startMember('ingress', { ...shared, HTTP_PORT: String(port) })),
  );
  const workers = await Promise.all(Array.from({ length: COPIES }, () => startMember('worker', shared)));
  return {
    ingresses,
    workers,
    stop: async () => {
      await Promise.all([...ingresses, ...workers].map((member) => member.stop()));
    },
  };
}

async function startMember(name: Member['name'], env: Record<string, string>): Promise<Member> {
  const opsPort = await freePort();
  const begin = async (): Promise<ServiceProcess> => {
    const service = startProcess(name, { ...env, OPS_PORT: String(opsPort) });
    await untilReady(service, `http://127.0.0.1:${opsPort}/healthz`);
    return service;
  };
  let current = await begin();
  return {
    name,
    api: `http://127.0.0.1:${env['HTTP_PORT'] ?? ''}`,
    process: () => current,
    kill: async () => {
      current.child.kill('SIGKILL');
      await current.stop();
      current = await begin();
    },
    stop: () => {
      current.child.kill('SIGCONT');
      return current.stop();
    },
  };
}
