import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createKeyring } from '@ardor/domain/keyring';
import { createSealer } from '@ardor/domain/sealer';
import { createUuid7 } from '@ardor/domain/uuid7';
import { openLimiterConnection } from '@ardor/limits/connection';
import { createLimiter, type Limiter } from '@ardor/limits/limiter';
import { openShards } from '@ardor/queue/open-shards';
import { createShardedProducer } from '@ardor/queue/sharded-producer';
import { createBatcher } from '@ardor/runtime/batcher';
import type { Closers } from '@ardor/runtime/closers';
import { createFailpoint } from '@ardor/runtime/failpoint';
import type { Logger } from '@ardor/runtime/logger';
import { createOpsHandler } from '@ardor/runtime/ops';
import { repeat } from '@ardor/runtime/repeat';
import { openDatabase } from '@ardor/store/database';
import { createFindClient } from '@ardor/store/find-client';
import { createFindMessages } from '@ardor/store/find-messages';
import { createFindTemplate } from '@ardor/store/find-template';
import { createLimiterEpochs } from '@ardor/store/limiter-epoch';
import { createInsertMessages } from '@ardor/store/insert-messages';
import { createAcceptBatch } from './accept/accept-batch.js';
import { createEnqueue } from './accept/enqueue.js';
import { createPersist } from './accept/persist.js';
import { createPrepare, type Draft } from './accept/prepare.js';
import { createBacklog } from './accept/backlog.js';
import { createRefillLimiter } from './accept/refill-limiter.js';
import { createReleaseSlots } from './accept/release-slots.js';
import { createRoutes } from './app.js';
import type { IngressConfig } from './config.js';
import { createAuthenticate } from './guard/authenticate.js';
import { cacheRecords } from './guard/record-cache.js';
import { createAnswer } from './http/answer.js';
import { createExpressApp } from './http/express-adapter.js';
import { createNodeAdapter } from './http/node-adapter.js';
import { createPatience } from './http/patience.js';
import { createOverloadGuard } from './http/overload.js';
import { createDashboard } from './ops/dashboard.js';
import { createIngressMetrics } from './ops/metrics.js';
import { createParkedReceipts } from '@ardor/store/parked-receipts';
import { createQueryBatch } from './query/query-batch.js';

/** Flushes under way at once: one can wait for the disk while the next is being gathered. */
const FLUSHES = 2;
/** What makes a flush beside another worth its own round trips. */
const WORTH_A_FLUSH = 64;
const READY_TIMEOUT_MS = 1_000;
/** How often the age of each lane's backlog is looked at. */
const BACKLOG_LOOK_MS = 1_000;
/** Adding jobs happens after the answer; a hung Redis must not let it pile up. */
const QUEUE_TIMEOUT_MS = 2_000;

export interface Ingress {
  /** The API. */
  readonly api: RequestListener;
  /** /healthz, /readyz, /metrics and the dashboard. */
  readonly ops: RequestListener;
  /** From now on connections are closed after their answer and /readyz says no. */
  drain(): void;
}

/** The wiring: opens every connection and joins the stages. Each release goes to `closers`. */
export async function composeIngress(config: IngressConfig, log: Logger, closers: Closers): Promise<Ingress> {
  const metrics = createIngressMetrics();
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
  closers.push('database', () => database.close());
  const limiterRedis = openLimiterConnection({
    url: config.limiterRedisUrl ?? config.redisUrls[0],
    timeoutMs: config.limiterTimeoutMs,
    onError: failed('limiter'),
  });
  closers.push('limiter connection', () => disconnect(limiterRedis));
  const shards = openShards({
    ...{ urls: config.redisUrls, count: config.queueShards, prefix: config.queuePrefix },
    commandTimeoutMs: QUEUE_TIMEOUT_MS,
    onError: failed('queue'),
  });
  closers.push('queue connections', shards.disconnect);
  const producer = createShardedProducer(shards.shards, failed('queue'));
  closers.push('queues', () => producer.close());

  const limiter = createLimiter({
    redis: limiterRedis,
    prefix: `${config.queuePrefix}:limit:`,
    numberSeconds: config.numberLimitSeconds,
    sendsPerSecond: config.sendLimitPerSecond,
    queriesPerSecond: config.queryLimitPerSecond,
  });
  const slots = createReleaseSlots({ limiter, onGivenUp: failed('slot_release') });
  closers.push('slot releases', () => slots.idle());
  const queue = createEnqueue(producer, failpoint, failed('queue'));
  closers.push('enqueuing', () => queue.idle());

  const insert = createInsertMessages(database, createSealer(keyring), { strayAfterMs: config.strayAfterMs });
  const refillLimiter = createRefillLimiter({
    limiter,
    epochs: createLimiterEpochs(database),
    newId: randomUUID,
    numberSeconds: config.numberLimitSeconds,
    onRefilled: (count) => log.info('limiter refilled', { count }),
  });
  // At the first connection and after each lost one: the server may be another, or may have started anew.
  limiterRedis.on('ready', () => void refillLimiter().catch(failed('limiter')));
  const acceptBatch = createAcceptBatch({
    limiter,
    persist: createPersist(insert, failpoint, failed('database')),
    slots,
    queue,
    chunkSize: config.chunkSize,
    now: () => performance.now(),
    onLimiterFailure: failed('limiter'),
    onCold: (epoch) => {
      const withdrawn = epoch === undefined ? Promise.resolve() : limiter.warm.withdraw(epoch);
      withdrawn.then(refillLimiter).catch(failed('limiter'));
    },
  });
  const queryBatch = createQueryBatch({
    limiter,
    findMessages: createFindMessages(database),
    onLimiterFailure: failed('limiter'),
  });
  const applyReceipts = createParkedReceipts(database).applyOrPark;
  const batched = <T, R>(kind: 'accept' | 'query' | 'receipt', run: (items: readonly T[]) => Promise<readonly R[]>) =>
    createBatcher<T, R>({
      maxBatch: config.acceptBatch,
      maxRunning: FLUSHES,
      worthAnother: WORTH_A_FLUSH,
      gatherMs: config.gatherMs,
      maxWaitMs: config.answerPatienceMs,
      run: (items) => {
        metrics.observeBatch(kind, items.length);
        return run(items);
      },
    });
  const accepting = batched<Draft, Awaited<ReturnType<typeof acceptBatch>>[number]>('accept', acceptBatch);
  closers.push('accepting', () => accepting.idle());
  const querying = batched('query', queryBatch);
  const receiving = batched('receipt', applyReceipts);
  closers.push('receiving', () => receiving.idle());

  const overload = createOverloadGuard({ maxInFlight: config.maxInFlight, maxLoopDelayMs: config.maxLoopDelayMs });
  closers.push('overload guard', overload.stop);
  const backlog = createBacklog({
    oldestWaitingMs: producer.oldestWaitingMs,
    maxMs: config.maxBacklogSeconds * 1_000,
  });
  // Not before the queue's connection had time to open.
  const looking = repeat(backlog.look, BACKLOG_LOOK_MS, failed('queue'), BACKLOG_LOOK_MS);
  closers.push('backlog', () => looking.stop());
  let draining = false;
  const routes = createRoutes({
    authenticate: createAuthenticate({
      findClient: cacheRecords(createFindClient(database), config.clientCacheMs),
      keyring,
      production: config.nodeEnv === 'production',
    }),
    prepare: createPrepare({
      findTemplate: cacheRecords(createFindTemplate(database), config.clientCacheMs),
      keyring,
      newId: createUuid7(),
      maxSegments: config.maxSegments,
    }),
    isBacklogTooOld: backlog.isTooOld,
    accept: accepting.submit,
    acceptAll: accepting.submitAll,
    find: querying.submit,
    findAll: querying.submitAll,
    apply: receiving.submit,
    keyring,
    maxBodyBytes: config.maxBodyBytes,
    maxBatchBodyBytes: config.maxBatchBodyBytes,
  });
  const patience = createPatience({ hungMs: config.answerDeadlineMs, mostMs: config.answerPatienceMs });
  const adapter = {
    routes,
    answer: createAnswer({ log, overload, patience }),
    log,
    observe: metrics.observeReply,
    draining: () => draining,
  };
  const api = createNodeAdapter(adapter, createExpressApp(adapter));

  const dashboard = createDashboard({
    queues: producer.queues,
    password: config.dashboardPassword,
    writable: config.dashboardWritable,
  });
  const handleOps = createOpsHandler({
    registry: metrics.registry,
    sickness: () => undefined,
    checks: [
      { name: 'database', check: () => database.ping() },
      { name: 'limiter', check: () => requireWarm(limiter, refillLimiter) },
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

/** Ready means that the limiter knows the slots of the last minute; where it does not, that is begun. */
async function requireWarm({ warm }: Pick<Limiter, 'warm'>, refill: () => Promise<void>): Promise<void> {
  if (await warm.isWarm()) return;
  await refill();
  if (!(await warm.isWarm())) throw new Error('the limiter is being refilled');
}

/** At once: what had to be said over it has been said by the releases before. */
function disconnect(connection: { disconnect(): void }): Promise<void> {
  connection.disconnect();
  return Promise.resolve();
}
