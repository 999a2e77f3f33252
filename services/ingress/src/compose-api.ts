import type { Server } from 'node:http';
import type { Keyring } from '@ardor/crypto/keyring';
import { createSealer } from '@ardor/crypto/sealer';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import type { DeliveryQueue } from '@ardor/queue/delivery-queue';
import { createBatcher } from '@ardor/runtime/concurrency/batcher';
import { monotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';
import { cacheRecords } from '@ardor/runtime/concurrency/record-cache';
import { runPeriodically } from '@ardor/runtime/concurrency/run-periodically';
import type { ServerClock } from '@ardor/runtime/clock/server-clock';
import type { Logger } from '@ardor/runtime/observability/logger';
import { createSuccessSample } from '@ardor/runtime/observability/success-sample';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { createFailpointDecorators } from '@ardor/runtime/process/failpoint';
import type { ClientDirectory } from '@ardor/store/clients/client-directory';
import { createFindMessages } from '@ardor/store/messages/find-messages';
import { createInsertMessages } from '@ardor/store/messages/insert-messages';
import { createStoreReceipts } from '@ardor/store/receipts/store-receipts';
import type { Database } from '@ardor/store/sql/database';
import { createFindTemplate } from '@ardor/store/templates/find-template';
import { createAcceptBatch } from './accept/accept-batch.js';
import { createBacklog } from './accept/backlog.js';
import { createBackgroundEnqueuer } from './accept/enqueue-in-background.js';
import { createPrepareMessage } from './accept/prepare-message.js';
import { createRefuseEarly } from './accept/refuse-early.js';
import { createSlotReleaser } from './accept/release-slots.js';
import { createSlotKey, type SlotKey } from './accept/slot-key.js';
import type { Limits } from './compose-limits.js';
import { composeEpoch, type ComposedEpoch } from './compose-epoch.js';
import type { IngressConfig } from './config.js';
import { createAuthenticate } from './guards/authenticate.js';
import { createApiServer } from './http/api-server.js';
import { createBodyBudget } from './http/body-budget.js';
import type { FailedLogins } from './http/failed-logins.js';
import type { Exchange } from './http/handle-request.js';
import { createLoadShedder } from './http/load-shedding.js';
import { createResponseDeadline } from './http/response-deadline.js';
import { maxConnections } from './max-connections.js';
import type { Dependency } from './ops/watch-dependencies.js';
import type { IngressMetrics } from './ops/metrics.js';
import { createReportClosed } from './ops/report-closed-connections.js';
import { createRequestLog } from './ops/request-log.js';
import { createQueryMessages } from './query/query-messages.js';
import { createRoutes, type RoutesDeps } from './routes.js';
import { BACKLOG_SAMPLE_MS, BATCH, HEAD_MS, KEEP_ALIVE_MS, REQUEST_MS, UNREAD_MS } from './timing.js';

export interface ComposeApiDeps {
  readonly config: IngressConfig;
  readonly database: Database;
  readonly databaseClock: ServerClock;
  readonly clients: ClientDirectory;
  readonly failedLogins: FailedLogins;
  readonly keyring: Keyring;
  readonly limits: Limits;
  /** host:port of the limiter's Redis. */
  readonly limiterHost: string;
  readonly deliveryQueue: DeliveryQueue;
  readonly metrics: IngressMetrics;
  readonly cleanup: CleanupStack;
  readonly log: Logger;
  /** Counts a dependency's failure, and logs an outage once. */
  readonly failed: (dependency: Dependency) => (error: unknown) => void;
  readonly draining: () => boolean;
}

export interface ComposedApi {
  /** It does not listen yet. */
  readonly api: Server;
  readonly epoch: ComposedEpoch;
}

/** The API: what its requests share, the route table, and the server. */
export function composeApi(deps: ComposeApiDeps): ComposedApi {
  const { config, cleanup, log, metrics, failed, draining } = deps;
  const slotKey = createSlotKey(deps.keyring, config.numberLimitScope);
  const epoch = composeEpoch({ ...deps, limiter: deps.limits.limiter, slotKey });
  const routes = createRoutes({
    ...composeGuards(deps),
    ...composeAccept(deps, slotKey, epoch),
    ...composeQuery(deps),
    quotaOf: deps.limits.quotaOf,
    receiptBatcher: composeBatcher(deps, 'receipt', createStoreReceipts(deps.database)),
    keyring: deps.keyring,
    maxBodyBytes: config.maxBodyBytes,
    maxBatchBodyBytes: config.maxBatchBodyBytes,
    maxAnonymousBodyBytes: config.maxAnonymousBodyBytes,
    maxJsonValues: config.maxJsonValues,
    maxBatchJsonValues: config.maxBatchJsonValues,
    newDeadline: () => createResponseDeadline({ stallMs: config.answerDeadlineMs, maxMs: config.answerMaxMs }),
  });
  const loadShedder = createLoadShedder({ maxInFlight: config.maxInFlight, maxLoopDelayMs: config.maxLoopDelayMs });
  cleanup.defer('load shedder', loadShedder.stop);
  const bodyBudget = createBodyBudget({
    maxBytes: config.maxBodyBytesInFlight,
    now: monotonicClock,
  });
  metrics.watchBodyBytes(bodyBudget.used);
  const logRequest = createRequestLog(log, createSuccessSample(config.logSuccessSample));
  const observe = (exchange: Exchange): void => {
    metrics.observeExchange(exchange);
    logRequest(exchange);
  };
  const connections = maxConnections(config, log);
  const api = createApiServer(
    {
      routes,
      trustedProxies: config.trustedProxies,
      log,
      loadShedder,
      bodyBudget,
      onDatabaseFailure: failed('database'),
      observe,
      draining,
      maxConnections: connections,
      onConnectionClosed: createReportClosed({
        ...{ log, metrics, maxConnections: connections },
        now: monotonicClock,
      }),
    },
    { keepAliveMs: KEEP_ALIVE_MS, headMs: HEAD_MS, requestMs: REQUEST_MS, unreadMs: UNREAD_MS },
  );
  return { api, epoch };
}

function composeGuards({ config, clients, keyring, failedLogins }: ComposeApiDeps): Pick<RoutesDeps, 'authenticate'> {
  const production = config.nodeEnv === 'production';
  return { authenticate: createAuthenticate({ clients, keyring, failedLogins, production }) };
}

/** The write path: slots, rows, jobs. */
function composeAccept(
  deps: ComposeApiDeps,
  slotKey: SlotKey,
  { onSlotsLost }: ComposedEpoch,
): Pick<RoutesDeps, 'prepareMessage' | 'refuseEarly' | 'acceptBatcher'> {
  const { config, database, databaseClock, keyring, limits, deliveryQueue, metrics, cleanup, log, failed } = deps;
  const { limiter, quotaOf, countryCaps, spentQuotas, alerts } = limits;
  const failpoints = createFailpointDecorators(config.failpoint);
  const slotReleaser = createSlotReleaser({
    limiter,
    onReleaseFailed: (error, count) => {
      metrics.countFailure('slot_release');
      log.warn('slots not released', { count, error });
    },
  });
  cleanup.defer('slot releases', () => slotReleaser.idle());
  const addJobs = failpoints.after(
    'accept.after_queue',
    failpoints.before('accept.before_queue', deliveryQueue.enqueue),
  );
  const enqueuer = createBackgroundEnqueuer(addJobs, failed('queue'));
  cleanup.defer('enqueuing', () => enqueuer.idle());
  const insertMessages = createInsertMessages(database, createSealer(keyring), {
    requeueAfterMs: config.requeueAfterMs,
    onFailure: failed('database'),
    onPartitionsCreated: (count) => {
      metrics.countFailure('partitions');
      log.warn('partitions were missing', { count });
    },
  });
  const acceptBatch = createAcceptBatch({
    limiter,
    insertMessages: failpoints.after(
      'accept.after_commit',
      failpoints.before('accept.before_commit', insertMessages),
      (results) => results.includes('stored'),
    ),
    slotReleaser,
    enqueuer,
    databaseClock,
    countryCap: countryCaps.capOf,
    spentQuotas,
    alerts,
    onStored: countryCaps.count,
    onLimiterFailure: failed('limiter'),
    onSlotsLost,
    onTooLate: () => {
      metrics.countFailure('late_insert');
      // The database's clock may have been set.
      databaseClock.sample().catch(failed('database'));
    },
  });
  const acceptBatcher = composeBatcher(deps, 'accept', acceptBatch);
  const backlog = createBacklog({
    oldestReadyMs: deliveryQueue.oldestReadyMs,
    maxMs: config.maxBacklogSeconds * 1_000,
  });
  // The first sample waits until the queue's connection had time to open.
  const sampling = runPeriodically(backlog.sample, BACKLOG_SAMPLE_MS, failed('queue'), BACKLOG_SAMPLE_MS);
  cleanup.defer('backlog', () => sampling.stop());
  return {
    prepareMessage: createPrepareMessage({
      findTemplate: cacheRecords(createFindTemplate(database), config.clientCacheMs),
      keyring,
      slotKey,
      quotaOf,
      alerts,
      now: databaseClock.now,
      newId: createUuid7(),
      maxSegments: config.maxSegments,
    }),
    refuseEarly: createRefuseEarly({
      isBacklogTooOld: backlog.isTooOld,
      spentQuotas,
      countryCap: countryCaps.capOf,
      alerts,
    }),
    acceptBatcher,
  };
}

function composeQuery(deps: ComposeApiDeps): Pick<RoutesDeps, 'queryBatcher'> {
  const { limits, database, failed } = deps;
  const queryMessages = createQueryMessages({
    limiter: limits.limiter,
    alerts: limits.alerts,
    findMessages: createFindMessages(database),
    onLimiterFailure: failed('limiter'),
  });
  const queryBatcher = composeBatcher(deps, 'query', queryMessages);
  return { queryBatcher };
}

/** Requests that arrive while a round trip is in flight share the next one. */
function composeBatcher<T, R>(
  { config, metrics, cleanup }: ComposeApiDeps,
  kind: 'accept' | 'query' | 'receipt',
  run: (items: readonly T[]) => Promise<readonly R[]>,
) {
  const batcher = createBatcher<T, R>({
    ...BATCH,
    maxWaitMs: config.answerMaxMs,
    run: (items) => {
      metrics.observeBatch(kind, items.length);
      return run(items);
    },
  });
  cleanup.defer(`${kind} batches`, () => batcher.idle());
  return batcher;
}
