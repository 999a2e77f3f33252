import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService } from '@ardor/devstack/service';
import { seed } from '@ardor/prisma/seed';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { openDatabase } from '@ardor/store/sql/database';
import { migrate } from '@ardor/store/migrate/migrate';
import { testKeyring } from '@ardor/testkit/fixtures';
import { MIGRATIONS } from '@ardor/testkit/paths';
import { startTcpProxy, through } from '@ardor/testkit/tcp-proxy';
import { recordMoves } from './audit-moves.js';
import { startFleet } from './fleet.js';
import { directQuery } from './query.js';
import { startPostgresVictim, startRedisVictim } from './servers.js';

/** Servers, carrier and fleet, each behind its proxy; the releases go to `closers`. */
export async function setUp({ deduplicates }: { readonly deduplicates: boolean }, closers: CleanupStack) {
  const folder = await mkdtemp(join(tmpdir(), 'ardor-chaos-'));
  closers.defer('folder', () => rm(folder, { recursive: true, force: true }));
  const postgres = await startPostgresVictim(folder);
  closers.defer('Postgres', postgres.stop);
  const redis = await startRedisVictim(folder);
  closers.defer('Redis', redis.stop);
  await prepare(postgres.directUrl());
  const query = directQuery(postgres.directUrl);
  await recordMoves(query);
  // Messages are under way at every fault, and no receipt ends one before another worker could take it over.
  const slow = ['--latency-ms', '150', '--receipt-delay-ms', '6000'];
  const simulator = await startService({
    name: 'simulator',
    args: [...slow, ...(deduplicates ? ['--deduplicate'] : [])],
  });
  closers.defer('simulator', simulator.stop);
  const carrier = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(simulator.url).port) });
  closers.defer('carrier', carrier.close);
  const fleet = await startFleet({
    DATABASE_URL: through(postgres.proxy, postgres.directUrl()),
    REDIS_URL: through(redis.proxy, redis.directUrl()),
    SIMULATOR_URL: `http://127.0.0.1:${carrier.port}`,
    SIMULATOR_DEDUPLICATES: String(deduplicates),
  });
  closers.defer('fleet', fleet.stop);
  return { postgres, redis, carrier, fleet, simulatorUrl: simulator.url, query };
}

async function prepare(databaseUrl: string): Promise<void> {
  await migrate({ databaseUrl, folder: MIGRATIONS });
  const database = openDatabase({ url: databaseUrl, pool: 1, timeoutMs: 10_000 });
  await seed(database, testKeyring());
  await database.close();
}
