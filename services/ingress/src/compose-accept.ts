import { randomUUID } from 'node:crypto';
import type { Keyring } from '@ardor/crypto/keyring';
import { createSealer } from '@ardor/crypto/sealer';
import type { Limiter } from '@ardor/rate-limits/limiter';
import type { DeliveryQueue } from '@ardor/queue/delivery-queue';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { createFailpoint, type Failpoint } from '@ardor/runtime/process/failpoint';
import type { Logger } from '@ardor/runtime/observability/logger';
import type { Database } from '@ardor/store/sql/database';
import { createInsertMessages, type InsertMessages } from '@ardor/store/messages/insert-messages';
import { createLimiterEpochs } from '@ardor/store/recovery/limiter-epoch';
import { createAcceptBatch, type AcceptResult } from './accept/accept-batch.js';
import { createEnqueue } from './accept/enqueue.js';
import type { PreparedMessage } from './accept/prepare-message.js';
import { createRestoreSlots } from './accept/restore-slots.js';
import { createReleaseSlots } from './accept/release-slots.js';
import type { IngressConfig } from './config.js';

export interface ComposeAcceptDeps {
  readonly config: IngressConfig;
  readonly database: Database;
  readonly keyring: Keyring;
  readonly limiter: Limiter;
  readonly producer: Pick<DeliveryQueue, 'enqueue'>;
  readonly cleanup: CleanupStack;
  readonly log: Logger;
  /** Counts and logs what a dependency failed in. */
  readonly failed: (part: string) => (error: unknown) => void;
}

export interface ComposedAccept {
  /** One result for each draft, in order. */
  readonly acceptBatch: (drafts: readonly PreparedMessage[]) => Promise<AcceptResult[]>;
  /** Gives a limiter that has lost its slots those of the last minute's sends. */
  readonly restoreSlots: () => Promise<void>;
}

/** The write path: slots, rows, jobs. */
export function composeAccept(deps: ComposeAcceptDeps): ComposedAccept {
  const { config, database, keyring, limiter, producer, cleanup, log, failed } = deps;
  const failpoint = createFailpoint(config.failpoint);
  const slots = createReleaseSlots({ limiter, onReleaseFailed: failed('slot_release') });
  cleanup.defer('slot releases', () => slots.idle());
  const queue = createEnqueue(producer, failpoint, failed('queue'));
  cleanup.defer('enqueuing', () => queue.idle());
  const insertMessages = createInsertMessages(database, createSealer(keyring), {
    requeueAfterMs: config.strayAfterMs,
    onFailure: failed('database'),
  });
  const restoreSlots = createRestoreSlots({
    limiter,
    epochs: createLimiterEpochs(database),
    newId: randomUUID,
    numberSeconds: config.numberLimitSeconds,
    onRestored: (count) => log.info('slots restored', { count }),
  });
  const acceptBatch = createAcceptBatch({
    limiter,
    insertMessages: withFailpoints(insertMessages, failpoint),
    slots,
    queue,
    now: () => performance.now(),
    onLimiterFailure: failed('limiter'),
    onSlotsLost: (endedEpoch) => {
      const marked = endedEpoch === undefined ? Promise.resolve() : limiter.slotsState.markLost(endedEpoch);
      marked.then(restoreSlots).catch(failed('limiter'));
    },
  });
  return { acceptBatch, restoreSlots };
}

/** Lets a test kill the process just before the INSERT, and between its commit and the answer. */
const withFailpoints =
  (insertMessages: InsertMessages, failpoint: Failpoint): InsertMessages =>
  async (messages, epoch) => {
    failpoint('accept.before_commit');
    const results = await insertMessages(messages, epoch);
    if (results.includes('stored')) failpoint('accept.after_commit');
    return results;
  };
