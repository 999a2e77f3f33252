import type { Server } from 'node:http';
import type { Keyring } from '@ardor/crypto/keyring';
import type { DeliveryQueue } from '@ardor/queue/delivery-queue';
import { monotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';
import type { ServerClock } from '@ardor/runtime/clock/server-clock';
import type { Logger } from '@ardor/runtime/observability/logger';
import { createSuccessSample } from '@ardor/runtime/observability/success-sample';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import type { ClientDirectory } from '@ardor/store/clients/client-directory';
import { createFindMessages } from '@ardor/store/messages/find-messages';
import { createStoreReceipts } from '@ardor/store/receipts/store-receipts';
import type { Database } from '@ardor/store/sql/database';
import { createSlotKey } from '../accept/slot-key.js';
import { composeAccept } from './accept.js';
import { composeBatcher } from './batcher.js';
import type { Limits } from './limits.js';
import { composeEpoch, type ComposedEpoch } from './epoch.js';
import type { IngressConfig } from '../config.js';
import { createAuthenticate } from '../guards/authenticate.js';
import { createApiServer } from '../http/api-server.js';
import { createBodyBudget } from '../http/body-budget.js';
import type { FailedLogins } from '../http/failed-logins.js';
import type { Exchange } from '../http/handle-request.js';
import { createLoadShedder } from '../http/load-shedding.js';
import { createResponseDeadline } from '../http/response-deadline.js';
import { maxConnections } from '../max-connections.js';
import type { Dependency } from '../ops/watch-dependencies.js';
import type { IngressMetrics } from '../ops/metrics.js';
import { createReportClosed } from '../ops/report-closed-connections.js';
import { createRequestLog } from '../ops/request-log.js';
import { createQueryMessages } from '../query/query-messages.js';
import { createRoutes, type RoutesDeps } from '../routes.js';
import { HEAD_MS, KEEP_ALIVE_MS, REQUEST_MS, UNREAD_MS } from '../timing.js';

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
