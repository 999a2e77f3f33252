import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startPostgres } from '@ardor/devstack/postgres';
import { startRedis } from '@ardor/devstack/redis';
import pg from 'pg';
import { inDatabase, TEMPLATE_DATABASE, testRoleUrls } from './fixtures.js';
import { CHECKOUT, MIGRATIONS, TOOLS } from './paths.js';

let stop: (() => Promise<void>) | undefined;

/** Starts a Postgres and a Redis for the whole run, and migrates the database that each test file copies. */
export default async function globalSetup(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ardor-test-'));
  const [postgres, redis] = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres'), durable: false }),
    startRedis({ dataDir: join(folder, 'redis'), persist: false, password: false, cacheDir: TOOLS }),
  ]);
  stop = async () => {
    await Promise.all([postgres.remove(), redis.remove()]);
    await rm(folder, { recursive: true, force: true });
  };
  process.env['ARDOR_TEST_DATABASE_URL'] = postgres.url;
  process.env['ARDOR_TEST_REDIS_URL'] = redis.url;
  await createTemplate(postgres.url);
}

/** Called by global-teardown; Jest runs both modules in one process. */
export const stopServers = async (): Promise<void> => stop?.();

/**
 * Makes the roles and migrates, with the `ardor` command as a process: the store's tests use this package, so it must not
 * import the store.
 */
async function createTemplate(server: string): Promise<void> {
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
  await admin.end();
  const ardor = join(CHECKOUT, 'packages/cli/dist/main.js');
  await promisify(execFile)(process.execPath, [ardor, 'migrate', '--roles', '--folder', MIGRATIONS], {
    // Few partitions, because each test file copies them.
    env: { ...testRoleUrls(inDatabase(server, TEMPLATE_DATABASE)), PARTITIONS_AHEAD_DAYS: '7' },
  });
}
