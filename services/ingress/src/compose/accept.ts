import type { Keyring } from '@ardor/crypto/keyring';
import { createSealer } from '@ardor/crypto/sealer';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import type { DeliveryQueue } from '@ardor/queue/delivery-queue';
import { cacheRecords } from '@ardor/runtime/concurrency/record-cache';
import { runPeriodically } from '@ardor/runtime/concurrency/run-periodically';
import type { ServerClock } from '@ardor/runtime/clock/server-clock';
import type { Logger } from '@ardor/runtime/observability/logger';
import { createFailpointDecorators } from '@ardor/runtime/process/failpoint';
import { createInsertMessages } from '@ardor/store/messages/insert-messages';
import type { Database } from '@ardor/store/sql/database';
import { createFindTemplate } from '@ardor/store/templates/find-template';
import { createAcceptBatch } from '../accept/accept-batch.js';
import { createBacklog } from '../accept/backlog.js';
import { createBackgroundEnqueuer } from '../accept/enqueue-in-background.js';
import { createPrepareMessage } from '../accept/prepare-message.js';
import { createRefuseEarly } from '../accept/refuse-early.js';
import { createSlotReleaser } from '../accept/release-slots.js';
import type { SlotKey } from '../accept/slot-key.js';
import { composeBatcher, type BatcherDeps } from './batcher.js';
import type { Limits } from './limits.js';
import type { ComposedEpoch } from './epoch.js';
import type { IngressConfig } from '../config.js';
import type { Dependency } from '../ops/watch-dependencies.js';
import type { RoutesDeps } from '../routes.js';
import { BACKLOG_SAMPLE_MS } from '../timing.js';

export interface ComposeAcceptDeps extends BatcherDeps {
  readonly config: IngressConfig;
  readonly database: Database;
  readonly databaseClock: ServerClock;
  readonly keyring: Keyring;
  readonly limits: Limits;
  readonly deliveryQueue: DeliveryQueue;
  readonly log: Logger;
  readonly failed: (dependency: Dependency) => (error: unknown) => void;
}

/** The write path: slots, rows, jobs. */
export function composeAccept(
  deps: ComposeAcceptDeps,
  slotKey: SlotKey,
  { onSlotsLost }: Pick<ComposedEpoch, 'onSlotsLost'>,
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
