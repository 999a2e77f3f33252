import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createKeyring } from '@ardor/crypto/keyring';
import { createSealer } from '@ardor/crypto/sealer';
import { createSimulatorGateway } from '@ardor/gateways/simulator/gateway';
import { withBreaker } from '@ardor/gateways/circuit-breaker';
import { openShards } from '@ardor/queue/shards';
import { createDeliveryQueue } from '@ardor/queue/delivery-queue';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { createFailpoint } from '@ardor/runtime/process/failpoint';
import type { Logger } from '@ardor/runtime/observability/logger';
import { createOpsHandler } from '@ardor/runtime/observability/ops';
import { runPeriodically } from '@ardor/runtime/concurrency/run-periodically';
import { createClaimMessages } from '@ardor/store/messages/claim-messages';
import { openDatabase } from '@ardor/store/sql/database';
import { createParkedReceipts } from '@ardor/store/receipts/parked-receipts';
import { createPartitions } from '@ardor/store/maintenance/partitions';
import { createWorkerLease } from '@ardor/store/recovery/worker-lease';
import { createSettleMessages } from '@ardor/store/messages/settle-messages';
import { composeRecovery } from './compose-recovery.js';
import type { WorkerConfig } from './config.js';
import { startLanes, redactJobErrors } from './consume/start-lanes.js';
import { createDeliverChunk } from './deliver/deliver-chunk.js';
import { retrySettle } from './deliver/retry-settle.js';
import { createSettleAndRequeue } from './deliver/settle-and-requeue.js';
import { createLiveness } from './ops/liveness.js';
import { createWorkerMetrics } from './ops/metrics.js';
import { createHeartbeat } from './recovery/heartbeat.js';
import { createMaintenance } from './maintenance/maintenance.js';

const READY_TIMEOUT_MS = 1_000;
const QUEUE_TIMEOUT_MS = 2_000;
/** Longer than a call to a carrier lasts, and shorter than a shutdown may. */
const LANE_CLOSE_MS = 7_000;
/** So that a lost beat or two costs nothing. */
const BEATS_PER_LEASE = 4;
const HOUSEKEEPING_MS = 3_600_000;
/** A carrier that refused this many calls in a row is left alone for a second. */
const BREAKER = { failures: 10, openMs: 1_000 };
/** Open calls to the carrier; more jobs than that share its connections. */
const GATEWAY_CONNECTIONS = 128;

export interface WorkerService {
  /** /healthz, /readyz and /metrics. */
  readonly ops: RequestListener;
  /** Starts taking jobs and sweeping; the releases go to the cleanup. */
  start(): void;
}

/** The wiring: opens every connection and joins the stages. Each release goes to `cleanup`. */
export async function composeWorker(config: WorkerConfig, log: Logger, cleanup: CleanupStack): Promise<WorkerService> {
  const metrics = createWorkerMetrics();
  const keyring = createKeyring(config.masterKey);
  const failpoint = createFailpoint(config.failpoint);
  const failed = (part: string) => (error: unknown) => {
    metrics.countFailure(part);
    log.warn('dependency failed', { cause: part, error });
  };

  const database = openDatabase({
    url: config.databaseUrl,
    pool: config.databasePool,
    timeoutMs: config.databaseTimeoutMs,
  });
  cleanup.defer('database', () => database.close());
  const shards = { urls: config.redisUrls, count: config.queueShards, prefix: config.queuePrefix };
  const producing = openShards({
    ...shards,
    policy: 'producer',
    commandTimeoutMs: QUEUE_TIMEOUT_MS,
    onError: failed('queue'),
  });
  cleanup.defer('producer connections', producing.disconnect);
  const producer = createDeliveryQueue(producing.shards, failed('queue'));
  cleanup.defer('queues', () => producer.close());
  const consuming = openShards({ ...shards, policy: 'consumer', onError: failed('queue') });
  cleanup.defer('consumer connections', consuming.disconnect);

  const callbackBase = config.callbackBaseUrl.replace(/\/$/, '');
  const gateway = withBreaker(
    createSimulatorGateway({
      url: config.simulatorUrl,
      callbackUrl: (id) => `${callbackBase}/receipts/simulator/${id}/${keyring.receiptToken(id)}`,
      timeoutMs: config.gatewayTimeoutMs,
      connections: GATEWAY_CONNECTIONS,
      deduplicates: config.simulatorDeduplicates,
    }),
    BREAKER,
  );
  cleanup.defer('gateway', () => gateway.close());

  const workerId = randomUUID();
  const keepAlive = createWorkerLease(database);
  const heartbeat = createHeartbeat({
    beat: () => keepAlive.renew(workerId, config.workerLeaseMs),
    leaseMs: config.workerLeaseMs,
    now: () => performance.now(),
  });
  cleanup.defer('worker lease', () => keepAlive.release(workerId));

  const backoff = { baseMs: config.retryBaseMs, capMs: config.retryCapMs };
  const settle = createSettleAndRequeue({
    settle: retrySettle(createSettleMessages(database)),
    producer,
    failpoint,
    onQueueFailure: failed('queue'),
  });
  const deliver = createDeliverChunk({
    claim: createClaimMessages(database, createSealer(keyring), { leaseMs: config.claimLeaseMs, workerId }),
    gateway,
    settle,
    failpoint,
    aliveSince: heartbeat.heldLeaseSince,
    newId: randomUUID,
    now: () => performance.now(),
    leaseMs: config.claimLeaseMs,
    gatewayTimeoutMs: config.gatewayTimeoutMs,
    backoff,
    lookupAfterMs: config.lookupAfterMs,
    observe: (delivery) => {
      metrics.observeDelivery(delivery);
      const of = (kind: string): number => delivery.outcomes.filter((one) => one === kind).length;
      log.info('chunk delivered', {
        count: delivery.claimed,
        accepted: of('accepted'),
        rejected: of('rejected'),
        deferred: of('deferred'),
        uncertain: of('uncertain'),
        duration_ms: Math.round(delivery.durationMs),
      });
    },
  });

  const liveness = createLiveness({
    waiting: producer.countReady,
    database: () => database.ping(),
    now: () => performance.now(),
    limitMs: config.livenessSeconds * 1_000,
  });
  const sweeps = composeRecovery({ config, database, gateway, producer, settle, heartbeat, metrics, log });
  const keepHouse = createMaintenance({
    ...config,
    partitions: createPartitions(database),
    receipts: createParkedReceipts(database),
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
        checkTimeoutMs: READY_TIMEOUT_MS,
      }),
    ),
    start: () => {
      const beating = runPeriodically(heartbeat.beat, config.workerLeaseMs / BEATS_PER_LEASE, failed('heartbeat'));
      cleanup.defer('heartbeat', () => beating.stop());
      for (const sweep of sweeps) {
        const sweeping = runPeriodically(sweep, config.sweepIntervalMs, failed('recovery'));
        cleanup.defer('recovery', () => sweeping.stop());
      }
      const housekeeping = runPeriodically(keepHouse, HOUSEKEEPING_MS, failed('housekeeping'));
      cleanup.defer('housekeeping', () => housekeeping.stop());
      const lanes = startLanes({
        shards: consuming.shards,
        closeMs: LANE_CLOSE_MS,
        concurrency: { otp: config.otpConcurrency, notify: config.notifyConcurrency, bulk: config.bulkConcurrency },
        process: redactJobErrors(deliver, (error, count) => log.error('chunk failed', { count, error })),
        onError: failed('queue'),
        onFailed: (jobId, error) => log.warn('job failed', { job_id: jobId ?? '', error }),
        onCompleted: liveness.progress,
      });
      cleanup.defer('lanes', () => lanes.close());
      const looking = runPeriodically(liveness.sample, liveness.sampleEveryMs, failed('liveness'));
      cleanup.defer('liveness', () => looking.stop());
    },
  };
}

const notFoundAfter =
  (handle: ReturnType<typeof createOpsHandler>): RequestListener =>
  (request, response) => {
    if (!handle(request, response)) response.writeHead(404).end();
  };
