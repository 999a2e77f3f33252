import { randomUUID } from 'node:crypto';
import type { Keyring } from '@ardor/crypto/keyring';
import { createSealer } from '@ardor/crypto/sealer';
import type { Gateway } from '@ardor/gateways/gateway';
import type { DeliveryQueue } from '@ardor/queue/delivery-queue';
import { monotonicClock as now } from '@ardor/runtime/concurrency/monotonic-clock';
import type { Logger } from '@ardor/runtime/observability/logger';
import { createSuccessSample } from '@ardor/runtime/observability/success-sample';
import { createFailpointDecorators, type FailpointDecorators } from '@ardor/runtime/process/failpoint';
import { createCountryDays } from '@ardor/store/clients/country-days';
import { createDropOldPartition } from '@ardor/store/maintenance/drop-old-partition';
import { createPartitions } from '@ardor/store/maintenance/partitions';
import { createClaimMessages } from '@ardor/store/messages/claim-messages';
import { createSettleMessages } from '@ardor/store/messages/settle-messages';
import { createApplyReceipts } from '@ardor/store/receipts/apply-receipts';
import { createParkedReceipts } from '@ardor/store/receipts/parked-receipts';
import { createTakeUncertain } from '@ardor/store/recovery/take-uncertain';
import { createExpireMessages } from '@ardor/store/recovery/expire-messages';
import { createFindOverdue } from '@ardor/store/recovery/find-overdue';
import { createReleaseClaimsOfDeadWorkers, createReleaseExpiredClaims } from '@ardor/store/recovery/release-claims';
import type { Database } from '@ardor/store/sql/database';
import type { WorkerConfig } from './config.js';
import { createDeliverChunk } from './deliver/deliver-chunk.js';
import { retrySettle } from './settle/retry-settle.js';
import { createSettleAndRequeue, type SettleAndRequeue, type SettleReport } from './settle/settle-and-requeue.js';
import type { Duty } from './duties/duty.js';
import { createPartitionsDuty } from './maintenance/create-partitions.js';
import { deleteOldCountryDaysDuty } from './maintenance/delete-old-country-days.js';
import { deleteOldParkedReceiptsDuty } from './maintenance/delete-old-parked-receipts.js';
import { dropOldPartitionsDuty } from './maintenance/drop-old-partitions.js';
import { createReportDrops } from './maintenance/report-drops.js';
import { createLogSettled } from './ops/log-settled.js';
import type { WorkerMetrics } from './ops/metrics.js';
import { applyParkedReceiptsDuty } from './recovery/apply-parked-receipts.js';
import { expireMessagesDuty } from './recovery/expire-messages.js';
import type { Heartbeat } from './recovery/heartbeat.js';
import { releaseClaimsOfDeadWorkersDuty } from './recovery/release-claims-of-dead-workers.js';
import { releaseExpiredClaimsDuty } from './recovery/release-expired-claims.js';
import { requeueUnqueuedDuty } from './recovery/requeue-unqueued.js';
import { resolveUncertainDuty } from './recovery/resolve-uncertain.js';
import type { WorkerTiming } from './timing.js';

export interface WorkDeps {
  readonly config: WorkerConfig;
  readonly timing: WorkerTiming;
  readonly database: Database;
  readonly gateway: Gateway;
  readonly deliveryQueue: DeliveryQueue;
  readonly heartbeat: Pick<Heartbeat, 'heldLeaseSince' | 'isStable'>;
  readonly keyring: Keyring;
  readonly workerId: string;
  readonly metrics: WorkerMetrics;
  readonly log: Logger;
  readonly onQueueFailure: (error: unknown) => void;
}

export interface ComposedWork {
  /** Delivers the messages of one job. */
  readonly deliver: (ids: readonly string[]) => Promise<void>;
  /** The duties of one group run one at a time. The groups do not wait for each other. */
  readonly dutyGroups: readonly (readonly Duty[])[];
}

/** What a worker does: it sends, and it recovers and maintains beside that. */
export function composeWork(deps: WorkDeps): ComposedWork {
  const { config, timing, database, deliveryQueue, onQueueFailure, log, metrics } = deps;
  const failpoints = createFailpointDecorators(config.failpoint);
  const settle = retrySettle(createSettleMessages(database), {
    withinMs: timing.settleRetryMs,
    firstDelayMs: timing.settleFirstDelayMs,
    longestDelayMs: timing.settleLongestDelayMs,
    now,
  });
  const settleAndRequeue = (onSettled: (report: SettleReport) => void): SettleAndRequeue =>
    createSettleAndRequeue({
      settle: failpoints.after('deliver.after_settle', settle),
      deliveryQueue,
      onQueueFailure,
      onSettled,
      now,
    });
  const logSettled = createLogSettled({ log, sample: createSuccessSample(config.logSuccessSample) });
  const settleDelivery = settleAndRequeue((report) => {
    metrics.observeDelivery(report);
    logSettled(report);
  });
  return {
    deliver: composeDeliver(deps, settleDelivery, failpoints),
    dutyGroups: composeDutyGroups(deps, settleAndRequeue(logSettled)),
  };
}

const backoffOf = ({ retryBaseMs, retryCapMs }: WorkerConfig) => ({ baseMs: retryBaseMs, capMs: retryCapMs });

function composeDeliver(deps: WorkDeps, settle: SettleAndRequeue, failpoints: FailpointDecorators) {
  const { config, timing, database, gateway, heartbeat, keyring, workerId } = deps;
  const claim = createClaimMessages(database, createSealer(keyring), { leaseMs: config.claimLeaseMs, workerId });
  return createDeliverChunk({
    claim: failpoints.after('deliver.after_claim', claim, (claimed) => claimed.length > 0),
    gateway: { name: gateway.name, send: failpoints.after('deliver.after_send', gateway.send) },
    settle,
    heldLeaseSince: heartbeat.heldLeaseSince,
    newId: randomUUID,
    now,
    sendWithinMs: timing.sendWithinMs,
    backoff: backoffOf(config),
    lookupAfterMs: config.lookupAfterMs,
  });
}

function composeDutyGroups(deps: WorkDeps, settle: SettleAndRequeue): ComposedWork['dutyGroups'] {
  const { config, timing, database, gateway, deliveryQueue, heartbeat, onQueueFailure } = deps;
  const { sweepBatch: limit, lookupAfterMs } = config;
  const { recoveryEveryMs } = timing;
  const claims = { limit, deduplicates: gateway.deduplicates, lookupAfterMs };
  const receipts = createParkedReceipts(database);
  const findOverdue = createFindOverdue(database);
  return [
    [
      expireMessagesDuty(recoveryEveryMs, limit, createExpireMessages(database)),
      releaseExpiredClaimsDuty(recoveryEveryMs, claims, createReleaseExpiredClaims(database)),
      releaseClaimsOfDeadWorkersDuty(recoveryEveryMs, claims, createReleaseClaimsOfDeadWorkers(database), heartbeat),
      requeueUnqueuedDuty({ findOverdue, deliveryQueue, everyMs: recoveryEveryMs, limit, onQueueFailure }),
      applyParkedReceiptsDuty(recoveryEveryMs, limit, receipts),
    ],
    // It waits for the carrier, which may be slow and must not hold up the others.
    [
      resolveUncertainDuty({
        takeUncertain: createTakeUncertain(database),
        gateway,
        settle,
        applyReceipts: createApplyReceipts(database),
        newId: randomUUID,
        now,
        backoff: backoffOf(config),
        everyMs: recoveryEveryMs,
        lookupAgainMs: timing.lookupAgainMs,
        trustAbsenceAfterMs: config.trustAbsenceAfterMs,
      }),
    ],
    ...composeMaintenance(deps),
  ];
}

function composeMaintenance({ config, timing, database, metrics, log }: WorkDeps): ComposedWork['dutyGroups'] {
  const { maintenanceEveryMs: everyMs } = timing;
  return [
    [
      createPartitionsDuty({
        partitions: createPartitions(database),
        everyMs,
        daysAhead: config.partitionsAheadDays,
        onState: metrics.observePartitions,
      }),
      deleteOldCountryDaysDuty(everyMs, createCountryDays(database)),
      deleteOldParkedReceiptsDuty(everyMs, config.parkedReceiptHours, createParkedReceipts(database)),
    ],
    // It has a connection of its own, and deleting the files of a large partition takes long.
    [
      dropOldPartitionsDuty({
        dropOldPartition: createDropOldPartition(config.maintenanceDatabaseUrl ?? config.databaseUrl),
        everyMs,
        retentionDays: config.retentionDays,
        onResult: createReportDrops({ log, metrics }),
      }),
    ],
  ];
}
