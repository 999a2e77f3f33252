import type { RequestListener, Server } from 'node:http';
import { createKeyring } from '@ardor/crypto/keyring';
import { openRedis } from '@ardor/runtime/redis/open-redis';
import { createLimiter, type Limiter } from '@ardor/rate-limits/limiter';
import { openShards } from '@ardor/queue/shards';
import { createDeliveryQueue } from '@ardor/queue/delivery-queue';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import type { Logger } from '@ardor/runtime/observability/logger';
import { createOpsHandler } from '@ardor/runtime/observability/ops';
import { openDatabase } from '@ardor/store/sql/database';
import { composeAccept } from './compose-accept.js';
import { composeApi } from './compose-api.js';
import type { IngressConfig } from './config.js';
import { createDashboard } from './ops/dashboard.js';
import { createIngressMetrics } from './ops/metrics.js';

const READY_TIMEOUT_MS = 1_000;
/** Adding jobs happens after the answer; a hung Redis must not let it pile up. */
const QUEUE_TIMEOUT_MS = 2_000;

export interface Ingress {
  /** The API, yet to listen. */
  readonly api: Server;
  /** /healthz, /readyz, /metrics and the dashboard. */
  readonly ops: RequestListener;
  /** From now on connections are closed after their answer and /readyz says no. */
  drain(): void;
}

/** The wiring: opens every connection and joins the parts. Each release goes to `cleanup`. */
export async function composeIngress(config: IngressConfig, log: Logger, cleanup: CleanupStack): Promise<Ingress> {
  const metrics = createIngressMetrics();
  const keyring = createKeyring(config.masterKey);
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
  const limiterRedis = openRedis({
    url: config.limiterRedisUrl ?? config.redisUrls[0],
    policy: 'limiter',
    commandTimeoutMs: config.limiterTimeoutMs,
    onError: failed('limiter'),
  });
  cleanup.defer('limiter connection', () => disconnect(limiterRedis));
  const shards = openShards({
    ...{ urls: config.redisUrls, count: config.queueShards, prefix: config.queuePrefix },
    policy: 'producer',
    commandTimeoutMs: QUEUE_TIMEOUT_MS,
    onError: failed('queue'),
  });
  cleanup.defer('queue connections', shards.disconnect);
  const producer = createDeliveryQueue(shards.shards, failed('queue'));
  cleanup.defer('queues', () => producer.close());

  const limiter = createLimiter({
    redis: limiterRedis,
    prefix: `${config.queuePrefix}:limit:`,
    numberSeconds: config.numberLimitSeconds,
    sendsPerSecond: config.sendLimitPerSecond,
    queriesPerSecond: config.queryLimitPerSecond,
  });
  const shared = { config, database, keyring, limiter, producer, cleanup, log, failed };
  const { acceptBatch, restoreSlots } = composeAccept(shared);
  // At the first connection and after each lost one: the server may be another, or may have started anew.
  limiterRedis.on('ready', () => void restoreSlots().catch(failed('limiter')));
  let draining = false;
  const api = composeApi({ ...shared, acceptBatch, metrics, draining: () => draining });

  const dashboard = createDashboard({
    queues: producer.queues,
    password: config.dashboardPassword,
    writable: config.dashboardWritable,
  });
  const handleOps = createOpsHandler({
    registry: metrics.registry,
    unhealthyReason: () => undefined,
    checks: [
      { name: 'database', check: () => database.ping() },
      { name: 'limiter', check: () => requireAllSlots(limiter, restoreSlots) },
      { name: 'accepting', check: () => (draining ? Promise.reject(new Error('draining')) : Promise.resolve()) },
    ],
    checkTimeoutMs: READY_TIMEOUT_MS,
  });
  await database.ping();
  return {
    api,
    ops: (request, response) => {
      if (!handleOps(request, response)) dashboard(request, response);
    },
    drain: () => {
      draining = true;
    },
  };
}

/** Ready means that the limiter has all slots of the last minute. Where it has not, this starts to restore them. */
async function requireAllSlots(
  { slotsState }: Pick<Limiter, 'slotsState'>,
  restore: () => Promise<void>,
): Promise<void> {
  if (await slotsState.isComplete()) return;
  await restore();
  if (!(await slotsState.isComplete())) throw new Error('the slots of the limiter are being restored');
}

/** At once: what had to be said over it has been said by the releases before. */
function disconnect(connection: { disconnect(): void }): Promise<void> {
  connection.disconnect();
  return Promise.resolve();
}
