import type { Server } from 'node:http';
import { seed } from '@ardor/prisma/seed';
import { createCleanupStack } from '@ardor/runtime/process/cleanup-stack';
import type { Logger } from '@ardor/runtime/observability/logger';
import { waitFor } from '@ardor/runtime/wait-for';
import { openDatabase, type Database } from '@ardor/store/sql/database';
import {
  createTestDatabase,
  createTestRedis,
  MASTER_KEY,
  testKeyring,
  type TestDatabase,
} from '@ardor/testkit/fixtures';
import { GENEROUS_TIMEOUTS } from '@ardor/testkit/fixtures';
import supertest from 'supertest';
import { composeIngress } from '../src/compose/ingress.js';
import { readIngressConfig } from '../src/config.js';
import { checkResponses } from './check-responses.js';

export interface TestIngress {
  readonly api: ReturnType<typeof supertest>;
  /** The same, for a client of another kind. */
  readonly apiServer: Server;
  readonly ops: ReturnType<typeof supertest>;
  readonly db: TestDatabase<Database>;
  readonly redis: ReturnType<typeof createTestRedis>;
  close(): Promise<void>;
}

export const SILENT: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  infoAll: () => undefined,
};

/**
 * An ingress as `composeIngress` makes it, over a database and a queue prefix of this file's own, with the demo client. `through` may put
 * something between it and its database.
 */
export async function startTestIngress(
  env: Record<string, string> = {},
  through: (databaseUrl: string) => Promise<string> = (url) => Promise.resolve(url),
  log: Logger = SILENT,
): Promise<TestIngress> {
  const db = await createTestDatabase(openDatabase);
  await db.asOwner((database) => seed(database, testKeyring()));
  const redis = createTestRedis();
  const cleanup = createCleanupStack();
  const config = readIngressConfig({
    NODE_ENV: 'test',
    DATABASE_URL: await through(db.url),
    REDIS_URL: redis.url,
    QUEUE_PREFIX: redis.prefix,
    ARDOR_MASTER_KEY: MASTER_KEY,
    CLIENT_CACHE_MS: '1',
    FAILED_LOGINS_PER_MINUTE: '1000000',
    ...GENEROUS_TIMEOUTS,
    ...env,
  });
  const ingress = await composeIngress(config, log, cleanup);
  const api = ingress.api.listen(0, '127.0.0.1');
  const wrongResponses = checkResponses(ingress.api);
  const ops = ingress.ops.listen(0, '127.0.0.1');
  await waitFor(async () => (await supertest(ops).get('/readyz')).status === 200);
  return {
    api: supertest(api),
    apiServer: api,
    ops: supertest(ops),
    db,
    redis,
    close: async () => {
      api.close();
      ops.close();
      const failures = await cleanup.closeAll();
      if (wrongResponses.length > 0) throw new Error(`responses that break their schema: ${wrongResponses.join('; ')}`);
      await redis.clear();
      await db.drop();
      if (failures.length > 0)
        throw new Error(`not closed: ${failures.map(({ name }) => name).join(', ')}`, { cause: failures[0]?.error });
    },
  };
}
