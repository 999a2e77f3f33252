import type { Server } from 'node:http';
import { createKeyring } from '@ardor/crypto/keyring';
import { createDeliveryQueue } from '@ardor/queue/delivery-queue';
import { openShards } from '@ardor/queue/shards';
import { createClockComparison } from '@ardor/runtime/clock/compare-clocks';
import { createServerClock, startServerClock } from '@ardor/runtime/clock/server-clock';
import { monotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';
import { runPeriodically } from '@ardor/runtime/concurrency/run-periodically';
import { createDependencyLog, hostOf } from '@ardor/runtime/observability/dependency-log';
import type { Logger } from '@ardor/runtime/observability/logger';
import { createOpsHandler } from '@ardor/runtime/observability/ops';
import { createOpsServer } from '@ardor/runtime/observability/ops-server';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { openRedis } from '@ardor/runtime/redis/open-redis';
import { createReadRedisTime } from '@ardor/runtime/redis/redis-time';
import { createClientDirectory } from '@ardor/store/clients/client-directory';
import { createReadClients } from '@ardor/store/clients/read-clients';
import { checkKey } from '@ardor/store/keys/check-key';
import { openDatabase } from '@ardor/store/sql/database';
import { createReadDatabaseTime } from '@ardor/store/sql/database-time';
import { composeApi } from './api.js';
import { composeLimits } from './limits.js';
import { createComposeFailedLogins } from './failed-logins.js';
import type { IngressConfig } from '../config.js';
import { createDashboard } from '../ops/dashboard.js';
import { createIngressMetrics } from '../ops/metrics.js';
import { reportFailures, watchDependencies } from '../ops/watch-dependencies.js';
import { CLIENT_REFRESH_MS, PROBE_MS, QUEUE_TIMEOUT_MS, READY_TIMEOUT_MS } from '../timing.js';

export interface Ingress {
  /** The API. It does not listen yet. */
  readonly api: Server;
  /** /healthz, /readyz, /metrics and the dashboard. It does not listen yet. */
  readonly ops: Server;
  /** From now on connections are closed after their response, and /readyz says no. */
  drain(): void;
}

/** Opens every connection and joins the parts. `cleanup` closes them. */
export async function composeIngress(config: IngressConfig, log: Logger, cleanup: CleanupStack): Promise<Ingress> {
  const metrics = createIngressMetrics();
  const limiterUrl = config.limiterRedisUrl ?? config.redisUrls[0];
  const dependencies = createDependencyLog({ log, metrics, now: monotonicClock });
  const databaseHost = hostOf(config.databaseUrl);
  const limiterHost = hostOf(limiterUrl);
  const queueHosts = config.redisUrls.map(hostOf);
  const failed = reportFailures(dependencies, {
    database: databaseHost,
    limiter: limiterHost,
    // An error of the queue names no server; with one server it can only be that one.
    queue: queueHosts.length === 1 ? queueHosts[0] : undefined,
  });

  const database = openDatabase({
    url: config.databaseUrl,
    pool: config.databasePool,
    timeoutMs: config.databaseTimeoutMs,
  });
  cleanup.defer('database', () => database.close());
  const keyring = createKeyring(config.masterKey);
  // Before anything else is opened: with another key this process would refuse every passcode.
  await checkKey(database, keyring);
  const databaseClock = await startServerClock(createReadDatabaseTime(database), monotonicClock);
  const clients = createClientDirectory({
    readClients: createReadClients(database),
    maxAgeMs: config.clientCacheMs,
    now: monotonicClock,
  });
  const limiterRedis = openRedis({
    url: limiterUrl,
    policy: 'limiter',
    commandTimeoutMs: config.limiterTimeoutMs,
    onError: failed('limiter'),
  });
  cleanup.defer('limiter connection', () => {
    limiterRedis.disconnect();
    return Promise.resolve();
  });
  const shards = openShards({
    urls: config.redisUrls,
    count: config.queueShards,
    prefix: config.queuePrefix,
    policy: 'producer',
    commandTimeoutMs: QUEUE_TIMEOUT_MS,
    onError: failed('queue'),
  });
  cleanup.defer('queue connections', shards.disconnect);
  const deliveryQueue = createDeliveryQueue(shards.shards, failed('queue'), databaseClock.now);
  cleanup.defer('queues', () => deliveryQueue.close());
  const limits = composeLimits({
    ...{ config, database, redis: limiterRedis, metrics, cleanup, log },
    onDatabaseFailure: failed('database'),
  });

  let draining = false;
  const composeFailedLogins = createComposeFailedLogins({ config, metrics, log, cleanup });
  const shared = {
    config,
    database,
    databaseClock,
    clients,
    failedLogins: composeFailedLogins('api'),
    keyring,
    limits,
    limiterHost,
    deliveryQueue,
    metrics,
    cleanup,
    log,
    failed,
  };
  const { api, epoch } = composeApi({ ...shared, draining: () => draining });
  // After a reconnect the server may be a different one, or its slots may be lost.
  limiterRedis.on('ready', () => void epoch.restoreSlots().catch(failed('limiter')));
  const limiterClock = createServerClock(createReadRedisTime(limiterRedis), monotonicClock);
  const queueServers = shards.servers.map((server, n) => ({
    name: 'queue',
    host: queueHosts[n] ?? '',
    clock: createServerClock(createReadRedisTime(server), monotonicClock),
  }));
  watchDependencies(
    dependencies,
    {
      database: [{ host: databaseHost, check: databaseClock.sample }],
      limiter: [{ host: limiterHost, check: limiterClock.sample }],
      queue: queueServers.map(({ host, clock }) => ({ host, check: clock.sample })),
    },
    cleanup,
  );
  const clocks = createClockComparison({
    database: { name: 'database', host: databaseHost, clock: databaseClock },
    others: [{ name: 'limiter', host: limiterHost, clock: limiterClock }, ...queueServers],
    ownTime: Date.now,
    maxSkewMs: config.maxClockSkewMs,
    log,
    observe: metrics.setClockSkew,
  });
  const comparing = runPeriodically(clocks.compare, PROBE_MS, failed('database'));
  cleanup.defer('clock comparison', () => comparing.stop());

  const dashboard = createDashboard({
    queues: deliveryQueue.queues,
    password: config.dashboardPassword,
    writable: config.dashboardWritable,
    failedLogins: composeFailedLogins('dashboard'),
    trustedProxies: config.trustedProxies,
  });
  const handleOps = createOpsHandler({
    registry: metrics.registry,
    unhealthyReason: () => undefined,
    checks: [
      { name: 'database', check: () => database.ping() },
      { name: 'limiter', check: epoch.requireSlots },
      { name: 'clocks', check: clocks.check },
      { name: 'accepting', check: () => (draining ? Promise.reject(new Error('draining')) : Promise.resolve()) },
    ],
    checkTimeoutMs: READY_TIMEOUT_MS,
  });
  await database.ping();
  await Promise.all([clients.refresh(), limits.start()]);
  const refreshing = runPeriodically(clients.refresh, CLIENT_REFRESH_MS, failed('database'), CLIENT_REFRESH_MS);
  cleanup.defer('client refreshes', () => refreshing.stop());
  return {
    api,
    ops: createOpsServer(
      (request, response) => {
        if (!handleOps(request, response)) dashboard(request, response);
      },
      (cause) => metrics.countClosedConnection('ops', cause),
    ),
    drain: () => {
      draining = true;
    },
  };
}
