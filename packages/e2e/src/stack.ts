import { seed } from '@ardor/prisma/seed';
import { openDatabase, type Database } from '@ardor/store/sql/database';
import {
  createTestDatabase,
  createTestRedis,
  DASHBOARD_PASSWORD,
  GENEROUS_TIMEOUTS,
  MASTER_KEY,
  testKeyring,
  type TestDatabase,
} from '@ardor/testkit/fixtures';
import { freePort, startProcess, untilReady, type ServiceProcess } from '@ardor/testkit/service-process';

export interface StackOptions {
  readonly ingresses?: number;
  readonly workers?: number;
  /** For every service. */
  readonly env?: Record<string, string>;
  readonly simulatorArgs?: readonly string[];
}

export interface Stack {
  /** The API of each ingress. */
  readonly apis: readonly string[];
  /** The ops port of each ingress, then of each worker. */
  readonly ops: readonly string[];
  readonly simulator: string;
  readonly processes: readonly ServiceProcess[];
  readonly db: TestDatabase<Database>;
  readonly redis: ReturnType<typeof createTestRedis>;
  /** Stops every process and removes its data. */
  close(): Promise<void>;
}

/** The real thing: simulator, ingresses and workers as processes, over a database and a queue prefix of their own. */
export async function startStack({
  ingresses = 1,
  workers = 1,
  env = {},
  simulatorArgs = [],
}: StackOptions = {}): Promise<Stack> {
  const db = await createTestDatabase(openDatabase);
  await seed(db.database, testKeyring());
  const redis = createTestRedis();
  const ports = await Promise.all(Array.from({ length: 1 + ingresses * 2 + workers }, freePort));
  const nextPort = (): number => ports.pop() ?? 0;
  const simulatorPort = nextPort();
  const simulator = `http://127.0.0.1:${simulatorPort}`;
  const apiPorts = Array.from({ length: ingresses }, nextPort);
  const shared = {
    DATABASE_URL: db.url,
    REDIS_URL: redis.url,
    QUEUE_PREFIX: redis.prefix,
    ARDOR_MASTER_KEY: MASTER_KEY,
    DASHBOARD_PASSWORD,
    SIMULATOR_URL: simulator,
    CALLBACK_BASE_URL: `http://127.0.0.1:${apiPorts[0] ?? 0}`,
    HTTP_HOST: '127.0.0.1',
    ...GENEROUS_TIMEOUTS,
    ...env,
  };
  const carrier = startProcess('simulator', {}, ['--port', String(simulatorPort), ...simulatorArgs]);
  const started: [ServiceProcess, string][] = [[carrier, `${simulator}/ledger`]];
  for (const port of apiPorts)
    started.push(startService('ingress', nextPort(), { ...shared, HTTP_PORT: String(port) }));
  for (let count = 0; count < workers; count++) started.push(startService('worker', nextPort(), shared));
  await Promise.all(started.map(([service, url]) => untilReady(service, url)));
  const processes = started.map(([service]) => service);
  return {
    apis: apiPorts.map((port) => `http://127.0.0.1:${port}`),
    ops: started.slice(1).map(([, url]) => new URL(url).origin),
    simulator,
    processes,
    db,
    redis,
    close: async () => {
      await Promise.all(processes.slice(1).map((service) => service.stop()));
      await carrier.stop();
      await redis.clear();
      await db.drop();
    },
  };
}

function startService(
  name: 'ingress' | 'worker',
  opsPort: number,
  env: Record<string, string>,
): [ServiceProcess, string] {
  const service = startProcess(name, { ...env, OPS_PORT: String(opsPort) });
  return [service, `http://127.0.0.1:${opsPort}/readyz`];
}
