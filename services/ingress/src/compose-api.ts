import type { Server } from 'node:http';
import type { Keyring } from '@ardor/crypto/keyring';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import type { Limiter } from '@ardor/rate-limits/limiter';
import type { DeliveryQueue } from '@ardor/queue/delivery-queue';
import { createBatcher } from '@ardor/runtime/concurrency/batcher';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import type { Logger } from '@ardor/runtime/observability/logger';
import { runPeriodically } from '@ardor/runtime/concurrency/run-periodically';
import type { Database } from '@ardor/store/sql/database';
import { createFindClient } from '@ardor/store/clients/find-client';
import { createFindMessages } from '@ardor/store/messages/find-messages';
import { createFindTemplate } from '@ardor/store/templates/find-template';
import { createParkedReceipts } from '@ardor/store/receipts/parked-receipts';
import { createBacklog } from './accept/backlog.js';
import { createPrepareMessage } from './accept/prepare-message.js';
import { createRoutes } from './routes.js';
import type { ComposedAccept } from './compose-accept.js';
import type { IngressConfig } from './config.js';
import { createAuthenticate } from './guards/authenticate.js';
import { cacheRecords } from '@ardor/runtime/concurrency/record-cache';
import { createHandleRequest } from './http/handle-request.js';
import { createApiServer } from './http/api-server.js';
import { createLoadShedder } from './http/load-shedding.js';
import { createResponseDeadline } from './http/response-deadline.js';
import type { IngressMetrics } from './ops/metrics.js';
import { createLookUpMessages } from './query/look-up-messages.js';

/** Flushes under way at once: one can wait for the disk while the next is being gathered. */
const FLUSHES = 2;
/** What makes a flush beside another worth its own round trips. */
const WORTH_A_FLUSH = 64;
/** How often the age of each lane's backlog is looked at. */
const BACKLOG_LOOK_MS = 1_000;

export interface ComposeApiDeps {
  readonly config: IngressConfig;
  readonly database: Database;
  readonly keyring: Keyring;
  readonly limiter: Limiter;
  readonly producer: Pick<DeliveryQueue, 'oldestReadyMs'>;
  readonly acceptBatch: ComposedAccept['acceptBatch'];
  readonly metrics: IngressMetrics;
  readonly cleanup: CleanupStack;
  readonly log: Logger;
  readonly failed: (part: string) => (error: unknown) => void;
  readonly draining: () => boolean;
}

/** The API: what requests share, the route table, and the server that is yet to listen. */
export function composeApi(deps: ComposeApiDeps): Server {
  const { config, cleanup, log, metrics, draining } = deps;
  const overload = createLoadShedder({ maxInFlight: config.maxInFlight, maxLoopDelayMs: config.maxLoopDelayMs });
  cleanup.defer('overload guard', overload.stop);
  return createApiServer({
    routes: composeRoutes(deps),
    answer: createHandleRequest({ log, overload }),
    log,
    observe: metrics.observeReply,
    draining,
  });
}

function composeRoutes(deps: ComposeApiDeps): ReturnType<typeof createRoutes> {
  const { config, database, keyring, limiter, producer, acceptBatch, metrics, cleanup, failed } = deps;
  const batched = <T, R>(kind: 'accept' | 'query' | 'receipt', run: (items: readonly T[]) => Promise<readonly R[]>) => {
    const batcher = createBatcher<T, R>({
      maxBatch: config.acceptBatch,
      maxConcurrentRuns: FLUSHES,
      minExtraBatch: WORTH_A_FLUSH,
      lingerMs: config.gatherMs,
      maxWaitMs: config.answerPatienceMs,
      run: (items) => {
        metrics.observeBatch(kind, items.length);
        return run(items);
      },
    });
    cleanup.defer(`${kind} batches`, () => batcher.idle());
    return batcher;
  };
  const accepting = batched('accept', acceptBatch);
  const findMessages = createFindMessages(database);
  const querying = batched(
    'query',
    createLookUpMessages({ limiter, findMessages, onLimiterFailure: failed('limiter') }),
  );
  const receiving = batched('receipt', createParkedReceipts(database).applyOrPark);
  const backlog = createBacklog({
    oldestReadyMs: producer.oldestReadyMs,
    maxMs: config.maxBacklogSeconds * 1_000,
  });
  // Not before the queue's connection had time to open.
  const looking = runPeriodically(backlog.sample, BACKLOG_LOOK_MS, failed('queue'), BACKLOG_LOOK_MS);
  cleanup.defer('backlog', () => looking.stop());
  return createRoutes({
    authenticate: createAuthenticate({
      findClient: cacheRecords(createFindClient(database), config.clientCacheMs),
      keyring,
      production: config.nodeEnv === 'production',
    }),
    prepare: createPrepareMessage({
      findTemplate: cacheRecords(createFindTemplate(database), config.clientCacheMs),
      keyring,
      newId: createUuid7(),
      maxSegments: config.maxSegments,
    }),
    isBacklogTooOld: backlog.isStale,
    accept: accepting.submit,
    acceptAll: accepting.submitAll,
    find: querying.submit,
    findAll: querying.submitAll,
    apply: receiving.submit,
    keyring,
    maxBodyBytes: config.maxBodyBytes,
    maxBatchBodyBytes: config.maxBatchBodyBytes,
    newPatience: () => createResponseDeadline({ stallMs: config.answerDeadlineMs, maxMs: config.answerPatienceMs }),
  });
}
