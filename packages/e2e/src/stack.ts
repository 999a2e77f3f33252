import { type Service, startService } from '@ardor/devstack/service';
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
import { freePort } from '@ardor/testkit/free-port';

export interface StackOptions {
  readonly ingresses?: number;
  readonly workers?: number;
  /** Settings of every service. */
  readonly env?: Record<string, string>;
  readonly simulatorArgs?: readonly string[];
}

export interface Stack {
  /** The API URL of each ingress. */
  readonly apis: readonly string[];
  /** The ops URL of each ingress, then of each worker. */
  readonly ops: readonly string[];
  readonly simulator: string;
  readonly carrier: Service;
  readonly ingresses: readonly Service[];
  readonly workers: readonly Service[];
  /** The settings that all services share. A test can start another service with them. */
  readonly env: Readonly<Record<string, string>>;
  readonly db: TestDatabase<Database>;
  readonly redis: ReturnType<typeof createTestRedis>;
  /** Stops every process and removes its data. */
  close(): Promise<void>;
}

/** Starts simulator, ingresses and workers as processes, over a database and a queue prefix of their own. */
export async function startStack({ env = {}, simulatorArgs = [], ...options }: StackOptions = {}): Promise<Stack> {
  const db = await createTestDatabase(openDatabase);
  await db.asOwner((database) => seed(database, testKeyring()));
  const redis = createTestRedis();
  const carrier = await startService({ name: 'simulator', args: simulatorArgs });
  const apiPorts = await Promise.all(Array.from({ length: options.ingresses ?? 1 }, freePort));
  const shared = {
    NODE_ENV: 'test',
    DATABASE_URL: db.url,
    // Read by the workers.
    MAINTENANCE_DATABASE_URL: db.ownerUrl,
    REDIS_URL: redis.url,
    QUEUE_PREFIX: redis.prefix,
    ARDOR_MASTER_KEY: MASTER_KEY,
    DASHBOARD_PASSWORD,
    SIMULATOR_URL: carrier.url,
    CALLBACK_BASE_URL: `http://127.0.0.1:${apiPorts[0] ?? 0}`,
    HTTP_HOST: '127.0.0.1',
    // A client is known as soon as a test has created it.
    CLIENT_CACHE_MS: '1',
    ...GENEROUS_TIMEOUTS,
    ...env,
  };
  const [ingresses, workers] = await Promise.all([
    Promise.all(apiPorts.map((port) => startService({ name: 'ingress', env: { ...shared, HTTP_PORT: String(port) } }))),
    Promise.all(Array.from({ length: options.workers ?? 1 }, () => startService({ name: 'worker', env: shared }))),
  ]);
  return {
    apis: ingresses.map(({ url }) => url),
    ops: [...ingresses, ...workers].map(({ opsUrl }) => opsUrl),
    simulator: carrier.url,
    carrier,
    ingresses,
    workers,
    env: shared,
    db,
    redis,
    close: async () => {
      await Promise.all([...ingresses, ...workers].map((service) => service.stop()));
      await carrier.stop();
      await redis.clear();
      await db.drop();
    },
  };
}
