import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createKeyring, type Keyring } from '@ardor/crypto/keyring';
import { withBreaker } from '@ardor/gateways/circuit-breaker';
import type { Gateway } from '@ardor/gateways/gateway';
import { createSimulatorGateway } from '@ardor/gateways/simulator/gateway';
import { createDeliveryQueue } from '@ardor/queue/delivery-queue';
import { openShards } from '@ardor/queue/shards';
import { runPeriodically } from '@ardor/runtime/concurrency/run-periodically';
import { createDependencyLog, hostOf, type DependencyLog } from '@ardor/runtime/observability/dependency-log';
import type { Logger } from '@ardor/runtime/observability/logger';
import { createOpsHandler } from '@ardor/runtime/observability/ops';
import { watchServers } from '@ardor/runtime/observability/watch-servers';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { createWorkerLease } from '@ardor/store/recovery/worker-lease';
import { openDatabase } from '@ardor/store/sql/database';
import { StoreError } from '@ardor/store/sql/store-error';
import { composeWork } from './compose-work.js';
import type { WorkerConfig } from './config.js';
import { ChunkFailedError, redactJobErrors, startLanes } from './consume/start-lanes.js';
import { createDutyObserver } from './duties/duty-observer.js';
import { startDuties } from './duties/start-duties.js';
import { createLiveness } from './ops/liveness.js';
import { createWorkerMetrics } from './ops/metrics.js';
import { createHeartbeat } from './recovery/heartbeat.js';
import { deriveTiming, type WorkerTiming } from './timing.js';

/** After this many refused calls in a row the carrier is not called for a while. */
const BREAKER_FAILURES = 10;
/** Open calls to the carrier; jobs beyond that share its connections. */
const GATEWAY_CONNECTIONS = 128;

export interface WorkerService {
  /** /healthz, /readyz and /metrics. */
  readonly ops: RequestListener;
  /** Starts taking jobs, recovery and maintenance; the releases go to the cleanup. */
  start(): void;
}

/** The wiring: opens every connection and joins the stages. Each release goes to `cleanup`. */
export async function composeWorker(config: WorkerConfig, log: Logger, cleanup: CleanupStack): Promise<WorkerService> {
  const now = (): number => performance.now();
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
  /** Tells of an outage once; returns false for any other error, which is the caller's to tell. */
  const isOutage = (error: unknown): boolean => {
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
  const deliveryQueue = createDeliveryQueue(producing.shards, onQueueFailure);
  cleanup.defer('queues', () => deliveryQueue.close());
  const consuming = openShards({ ...shards, policy: 'consumer', onError: onQueueFailure });
  cleanup.defer('consumer connections', consuming.disconnect);

  const gateway = openGateway(config, timing, keyring, dependencies);
  cleanup.defer('gateway', () => gateway.close());

  const workerId = randomUUID();
  const lease = createWorkerLease(database);
  const heartbeat = createHeartbeat({
    beat: () => lease.renew(workerId, config.workerLeaseMs),
    leaseMs: config.workerLeaseMs,
    now,
  });
  cleanup.defer('worker lease', () => lease.release(workerId));

  const { deliver, duties } = composeWork({
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

  await database.ping();
  await heartbeat.beat();
  return {
    ops: notFoundAfter(
      createOpsHandler({
        registry: metrics.registry,
        unhealthyReason: liveness.unhealthyReason,
        checks: [
          { name: 'database', check: () => database.ping() },
          ...producing.servers.map((server, n) => ({
            name: producing.servers.length === 1 ? 'queue' : `queue_server_${n}`,
            check: () => server.ping(),
          })),
        ],
        checkTimeoutMs: timing.readinessCheckMs,
      }),
    ),
    start: () => {
      const watch = (
        part: string,
        everyMs: number,
        servers: { host: string; check: () => Promise<unknown> }[],
      ): void => {
        const watching = watchServers({ dependencies, part, servers, everyMs });
        cleanup.defer(part, () => watching.stop());
      };
      watch('database', timing.probeEveryMs, [{ host: databaseHost, check: () => database.ping() }]);
      watch(
        'queue',
        timing.probeEveryMs,
        producing.servers.map((server, n) => ({ host: queueHosts[n] ?? '', check: () => server.ping() })),
      );
      watch('heartbeat', timing.heartbeatEveryMs, [{ host: databaseHost, check: heartbeat.beat }]);

      const observer = createDutyObserver({ log, metrics, isOutage });
      const rows = duties.map((row) => startDuties(row, observer));
      const sampling = runPeriodically(liveness.sample, timing.livenessSampleEveryMs, (error) =>
        log.error('liveness sample failed', { error }),
      );
      const lanes = startLanes({
        shards: consuming.shards,
        concurrency: { otp: config.otpConcurrency, notify: config.notifyConcurrency, bulk: config.bulkConcurrency },
        process: redactJobErrors(deliver, (error, count) => {
          if (!isOutage(error)) log.error('chunk failed', { count, error });
        }),
        closeMs: timing.laneCloseMs,
        onError: onQueueFailure,
        onFailed: (jobId, error) => {
          // What made a chunk fail is told above.
          if (!(error instanceof ChunkFailedError)) log.warn('job failed', { job_id: jobId ?? '', error });
        },
        onCompleted: liveness.progress,
      });
      // All at once: one after another they could take longer than the shutdown may.
      cleanup.defer('lanes and duties', () =>
        Promise.all([lanes.close(), sampling.stop(), ...rows.map((row) => row.stop())]),
      );
    },
  };
}

function openGateway(
  config: WorkerConfig,
  timing: WorkerTiming,
  keyring: Keyring,
  dependencies: DependencyLog,
): Gateway {
  const host = hostOf(config.simulatorUrl);
  const callbackBase = config.callbackBaseUrl.replace(/\/$/, '');
  const simulator = createSimulatorGateway({
    url: config.simulatorUrl,
    callbackUrl: (id) => `${callbackBase}/receipts/simulator/${id}/${keyring.receiptToken(id)}`,
    timeoutMs: config.gatewayTimeoutMs,
    connections: GATEWAY_CONNECTIONS,
    deduplicates: config.simulatorDeduplicates,
    observer: {
      failed: (error) => dependencies.failed('carrier', error, host),
      succeeded: () => dependencies.succeeded('carrier', host),
    },
  });
  return withBreaker(simulator, { failures: BREAKER_FAILURES, openMs: timing.breakerOpenMs });
}

const notFoundAfter =
  (handle: ReturnType<typeof createOpsHandler>): RequestListener =>
  (request, response) => {
    if (!handle(request, response)) response.writeHead(404).end();
  };
