import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RoleUrls } from '@ardor/devstack/postgres/role-urls';
import { startService } from '@ardor/devstack/service';
import { seed } from '@ardor/prisma/seed';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { migrate } from '@ardor/store/migrate/migrate';
import { provisionRoles } from '@ardor/store/migrate/provision-roles';
import { openDatabase } from '@ardor/store/sql/database';
import { testKeyring, testRoleUrls } from '@ardor/testkit/fixtures';
import { MIGRATIONS } from '@ardor/testkit/paths';
import { startTcpProxy, through } from '@ardor/testkit/tcp-proxy';
import { startFleet } from './fleet.js';
import { directQuery } from './query.js';
import { recordStatusChanges } from './status-audit.js';
import { startFaultyPostgres, startFaultyRedis } from './stores.js';

/** With this latency messages are in flight whenever a fault comes. */
const CARRIER_LATENCY_MS = 150;
/** A receipt would end a message before another worker could take it over, so receipts come late. */
const RECEIPT_DELAY_MS = 6_000;

/** Starts stores, carrier and fleet, each behind its proxy. `closers` close them. */
export async function setUp({ deduplicates }: { readonly deduplicates: boolean }, closers: CleanupStack) {
  const folder = await mkdtemp(join(tmpdir(), 'ardor-chaos-'));
  closers.defer('folder', () => rm(folder, { recursive: true, force: true }));
  const postgres = await startFaultyPostgres(folder);
  closers.defer('Postgres', postgres.stop);
  const redis = await startFaultyRedis(folder);
  closers.defer('Redis', redis.stop);
  const users = testRoleUrls(postgres.directUrl());
  await prepareDatabase(users);
  const query = directQuery(() => testRoleUrls(postgres.directUrl()).MAINTENANCE_DATABASE_URL);
  await recordStatusChanges(query);
  const args = ['--latency-ms', String(CARRIER_LATENCY_MS), '--receipt-delay-ms', String(RECEIPT_DELAY_MS)];
  const simulator = await startService({ name: 'simulator', args: deduplicates ? [...args, '--deduplicate'] : args });
  closers.defer('simulator', simulator.stop);
  const carrier = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(simulator.url).port) });
  closers.defer('carrier', carrier.close);
  const fleet = await startFleet({
    DATABASE_URL: through(postgres.proxy, users.DATABASE_URL),
    MAINTENANCE_DATABASE_URL: through(postgres.proxy, users.MAINTENANCE_DATABASE_URL),
    REDIS_URL: through(redis.proxy, redis.directUrl()),
    SIMULATOR_URL: `http://127.0.0.1:${carrier.port}`,
    SIMULATOR_DEDUPLICATES: String(deduplicates),
  });
  closers.defer('fleet', fleet.stop);
  return { postgres, redis, carrier, fleet, simulatorUrl: simulator.url, query };
}

async function prepareDatabase(users: RoleUrls): Promise<void> {
  const { ADMIN_DATABASE_URL: adminUrl, MAINTENANCE_DATABASE_URL: ownerUrl, DATABASE_URL: appUrl } = users;
  await provisionRoles({ adminUrl, ownerUrl, appUrl });
  await migrate({ databaseUrl: ownerUrl, folder: MIGRATIONS });
  const database = openDatabase({ url: ownerUrl, pool: 1, timeoutMs: 10_000 });
  await seed(database, testKeyring());
  await database.close();
}
