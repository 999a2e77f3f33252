import { randomUUID } from 'node:crypto';
import type { RequestListener, Server } from 'node:http';
import { createKeyring } from '@ardor/crypto/keyring';
import { createDeliveryQueue } from '@ardor/queue/delivery-queue';
import { openShards } from '@ardor/queue/shards';
import { monotonicClock as now } from '@ardor/runtime/concurrency/monotonic-clock';
import { createClockComparison } from '@ardor/runtime/clock/compare-clocks';
import { createServerClock, startServerClock } from '@ardor/runtime/clock/server-clock';
import { createDependencyLog, hostOf } from '@ardor/runtime/observability/dependency-log';
import type { Logger } from '@ardor/runtime/observability/logger';
import { createOpsHandler } from '@ardor/runtime/observability/ops';
import { createOpsServer } from '@ardor/runtime/observability/ops-server';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { checkKey } from '@ardor/store/keys/check-key';
import { createReadRedisTime } from '@ardor/runtime/redis/redis-time';
import { createWorkerLease } from '@ardor/store/recovery/worker-lease';
import { openDatabase } from '@ardor/store/sql/database';
import { createReadDatabaseTime } from '@ardor/store/sql/database-time';
import { StoreError } from '@ardor/store/sql/store-error';
import { composeWork } from './compose-work.js';
import type { WorkerConfig } from './config.js';
import { openGateway } from './open-gateway.js';
import { createLiveness } from './ops/liveness.js';
import { createWorkerMetrics } from './ops/metrics.js';
import { createHeartbeat } from './recovery/heartbeat.js';
import { startWorker } from './start-worker.js';
import { deriveTiming } from './timing.js';

export interface WorkerService {
  /** /healthz, /readyz and /metrics. It does not listen yet. */
  readonly ops: Server;
  /** Starts taking jobs, recovery and maintenance. Each close goes to the cleanup. */
  start(): void;
}

/** The wiring: opens every connection and joins the stages. Each close goes to `cleanup`. */
export async function composeWorker(config: WorkerConfig, log: Logger, cleanup: CleanupStack): Promise<WorkerService> {
  const timing = deriveTiming(config);
  const metrics = createWorkerMetrics();
  const keyring = createKeyring(config.masterKey);
  const dependencies = createDependencyLog({ log, metrics, now });

  const databaseHost = hostOf(config.databaseUrl);
  const database = openDatabase({
    url: config.databaseUrl,
    pool: config.databasePool,
    timeoutMs: config.databaseTimeoutMs,
  });
  cleanup.defer('database', () => database.close());
  const databaseClock = await startServerClock(createReadDatabaseTime(database), now);
  // Before anything else is opened: with another key this worker could send none of the messages that it claims.
  await checkKey(database, keyring);
  const logOutage = (error: unknown): boolean => {
    const unavailable = error instanceof StoreError && error.kind === 'unavailable';
    if (unavailable) dependencies.failed('database', error, databaseHost);
    return unavailable;
  };

  const queueHosts = config.redisUrls.map(hostOf);
  // An error of the queue names no server; with one server it can only be that one.
  const queueHost = queueHosts.length === 1 ? queueHosts[0] : undefined;
  const onQueueFailure = (error: unknown): void => dependencies.failed('queue', error, queueHost);
  const shards = { urls: config.redisUrls, count: config.queueShards, prefix: config.queuePrefix };
  const producing = openShards({
    ...shards,
    policy: 'producer',
    commandTimeoutMs: timing.queueCommandMs,
    onError: onQueueFailure,
  });
  cleanup.defer('producer connections', producing.disconnect);
  const deliveryQueue = createDeliveryQueue(producing.shards, onQueueFailure, databaseClock.now);
  cleanup.defer('queues', () => deliveryQueue.close());
  const consuming = openShards({ ...shards, policy: 'consumer', onError: onQueueFailure });
  cleanup.defer('consumer connections', consuming.disconnect);

  const gateway = openGateway({ config, timing, keyring, dependencies });
  cleanup.defer('gateway', () => gateway.close());

  const workerId = randomUUID();
  const lease = createWorkerLease(database);
  const heartbeat = createHeartbeat({
    beat: () => lease.renew(workerId, config.workerLeaseMs),
    leaseMs: config.workerLeaseMs,
    now,
  });
  cleanup.defer('worker lease', () => lease.release(workerId));

  const work = composeWork({
    config,
    timing,
    database,
    gateway,
    deliveryQueue,
    heartbeat,
    keyring,
    workerId,
    metrics,
    log,
    onQueueFailure,
  });
  const liveness = createLiveness({
    waiting: deliveryQueue.countReady,
    database: () => database.ping(),
    now,
    limitMs: timing.livenessLimitMs,
    sampleEveryMs: timing.livenessSampleEveryMs,
  });
  const queueClocks = producing.servers.map((server) => createServerClock(createReadRedisTime(server), now));
  const queueServers = queueClocks.map((clock, n) => ({
    name: queueClocks.length === 1 ? 'queue' : `queue_server_${n}`,
    host: queueHosts[n] ?? '',
    check: clock.sample,
  }));
  const databaseServer = { name: 'database', host: databaseHost, check: databaseClock.sample };
  const clocks = createClockComparison({
    database: { name: 'database', host: databaseHost, clock: databaseClock },
    others: queueClocks.map((clock, n) => ({ name: 'queue', host: queueHosts[n] ?? '', clock })),
    ownTime: Date.now,
    maxSkewMs: config.maxClockSkewMs,
    log,
    observe: metrics.setClockSkew,
  });
  const watched = [
    { part: 'database', everyMs: timing.probeEveryMs, servers: [databaseServer] },
    { part: 'queue', everyMs: timing.probeEveryMs, servers: queueServers },
    { part: 'heartbeat', everyMs: timing.heartbeatEveryMs, servers: [{ host: databaseHost, check: heartbeat.beat }] },
  ];

  await database.ping();
  await heartbeat.beat();
  return {
    ops: createOpsServer(
      notFoundAfter(
        createOpsHandler({
          registry: metrics.registry,
          unhealthyReason: liveness.unhealthyReason,
          checks: [databaseServer, ...queueServers, { name: 'clocks', check: clocks.check }],
          checkTimeoutMs: timing.readinessCheckMs,
        }),
      ),
      (cause) => metrics.countClosedConnection('ops', cause),
    ),
    start: () =>
      startWorker({
        config,
        timing,
        work,
        shards: consuming.shards,
        watched,
        compareClocks: clocks.compare,
        dependencies,
        liveness,
        metrics,
        log,
        logOutage,
        onQueueFailure,
        cleanup,
      }),
  };
}

const notFoundAfter =
  (handle: ReturnType<typeof createOpsHandler>): RequestListener =>
  (request, response) => {
    if (!handle(request, response)) response.writeHead(404).end();
  };
