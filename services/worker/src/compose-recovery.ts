import { randomUUID } from 'node:crypto';
import type { Gateway } from '@ardor/gateways/gateway';
import type { DeliveryQueue } from '@ardor/queue/delivery-queue';
import type { Logger } from '@ardor/runtime/observability/logger';
import { createApplyReceipts } from '@ardor/store/receipts/apply-receipts';
import type { Database } from '@ardor/store/sql/database';
import { createParkedReceipts } from '@ardor/store/receipts/parked-receipts';
import { createExpireMessages } from '@ardor/store/recovery/expire-messages';
import { createReleaseExpiredClaims, createReclaimFromDeadWorkers } from '@ardor/store/recovery/release-claims';
import { createFindUnqueued } from '@ardor/store/recovery/find-unqueued';
import { createClaimUncertain } from '@ardor/store/recovery/claim-uncertain';
import type { WorkerConfig } from './config.js';
import type { SettleAndRequeue } from './deliver/settle-and-requeue.js';
import type { WorkerMetrics } from './ops/metrics.js';
import type { Heartbeat } from './recovery/heartbeat.js';
import { createRequeueUnqueued } from './recovery/requeue-unqueued.js';
import { createResolveUncertain } from './recovery/resolve-uncertain.js';
import { createSweep, inBatches, type SweepDeps, type SweepTask } from './recovery/sweep.js';

export interface RecoveryDeps {
  readonly config: WorkerConfig;
  readonly database: Database;
  readonly gateway: Gateway;
  readonly producer: DeliveryQueue;
  readonly settle: SettleAndRequeue;
  readonly heartbeat: Pick<Heartbeat, 'isStable'>;
  readonly metrics: WorkerMetrics;
  readonly log: Logger;
}

/** Questions to the carrier in one batch of recovery: each waits for a connection inside its own timeout. */
const LOOKUPS = 100;
const ANSWER_MARGIN_MS = 1_000;

/**
 * The rounds of recovery, each to be repeated by itself: what only asks the database, and what asks the carrier, whose
 * answers may be slow and must not hold up the rest.
 */
export function composeRecovery(deps: RecoveryDeps): (() => Promise<void>)[] {
  const { metrics, log } = deps;
  const report: Omit<SweepDeps, 'tasks'> = {
    onSwept: (task, count) => {
      metrics.countSwept(task, count);
      log.info('recovered', { task, count });
    },
    onError: (task, error) => {
      metrics.countFailure('recovery');
      log.error('recovery failed', { task, error });
    },
  };
  return [databaseTasks(deps), [questions(deps)]].map((tasks) => createSweep({ ...report, tasks }));
}

function databaseTasks({ config, database, gateway, producer, heartbeat }: RecoveryDeps): SweepTask[] {
  const { sweepBatch: limit, lookupAfterMs } = config;
  const expire = createExpireMessages(database);
  const lapse = createReleaseExpiredClaims(database);
  const inbox = createParkedReceipts(database);
  const takeOver = createReclaimFromDeadWorkers(database);
  const lapseOptions = { limit, deduplicates: gateway.deduplicates, lookupAfterMs };
  const requeue = createRequeueUnqueued(createFindUnqueued(database), producer, limit);
  return [
    { name: 'expire', run: inBatches(limit, () => expire(limit)) },
    { name: 'lapse', run: inBatches(limit, () => lapse(lapseOptions)) },
    {
      name: 'take_over',
      run: inBatches(limit, () => (heartbeat.isStable() ? takeOver(lapseOptions) : Promise.resolve(0))),
    },
    { name: 'requeue', run: requeue },
    { name: 'parked_receipts', run: inBatches(limit, () => inbox.applyParked(limit)) },
  ];
}

function questions({ config, database, gateway, settle }: RecoveryDeps): SweepTask {
  const resolve = createResolveUncertain({
    takeUncertain: createClaimUncertain(database),
    gateway,
    settle,
    applyReceipts: createApplyReceipts(database),
    newId: randomUUID,
    backoff: { baseMs: config.retryBaseMs, capMs: config.retryCapMs },
    limit: LOOKUPS,
    // Not before the question of this round has had its answer: another worker would take the row from under it.
    againAfterMs: Math.max(config.lookupAfterMs, config.gatewayTimeoutMs + ANSWER_MARGIN_MS),
    trustAbsenceAfterMs: config.trustAbsenceAfterMs,
  });
  return { name: 'resolve', run: inBatches(LOOKUPS, resolve) };
}
