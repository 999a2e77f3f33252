import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@ardor/local-stack/postgres';
import { startRedis } from '@ardor/local-stack/redis';
import { migrate } from '@ardor/store/migrate';
import { MIGRATIONS, TOOLS } from './places.js';
import { inDatabase, TEMPLATE_DATABASE } from './postgres-url.js';
import { keepRunning } from './running.js';
import pg from 'pg';

/** Starts a Postgres and a Redis for the whole run, and migrates the database that each test file copies. */
export default async function globalSetup(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ardor-test-'));
  // mkdtemp gives 0700; run by root, Postgres is another user and has to pass through.
  await chmod(folder, 0o711);
  const [postgres, redis] = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres'), durable: false }),
    startRedis({ dataDir: join(folder, 'redis'), persist: false, cacheDir: TOOLS }),
  ]);
  keepRunning({ folder, stop: () => Promise.all([postgres.stop(), redis.stop()]) });
  process.env['ARDOR_TEST_DATABASE_URL'] = postgres.url;
  process.env['ARDOR_TEST_REDIS_URL'] = redis.url;
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
  await admin.end();
  await migrate({ databaseUrl: inDatabase(postgres.url, TEMPLATE_DATABASE), folder: MIGRATIONS });
}
