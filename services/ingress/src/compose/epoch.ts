import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Limiter } from '@ardor/rate-limits/limiter';
import type { ServerClock } from '@ardor/runtime/clock/server-clock';
import { monotonicClock as now } from '@ardor/runtime/concurrency/monotonic-clock';
import { runPeriodically } from '@ardor/runtime/concurrency/run-periodically';
import type { Logger } from '@ardor/runtime/observability/logger';
import { NotReadyError } from '@ardor/runtime/observability/not-ready';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { createLimiterEpochs } from '@ardor/store/recovery/limiter-epoch';
import { createReadRecentSends } from '@ardor/store/recovery/recent-sends';
import type { Database } from '@ardor/store/sql/database';
import { createEpochClaim } from '../accept/epoch-claim.js';
import { createRestoreSlots } from '../accept/restore-slots.js';
import type { SlotKey } from '../accept/slot-key.js';
import { createUseEpoch } from '../accept/use-epoch.js';
import type { IngressConfig } from '../config.js';
import type { IngressMetrics } from '../ops/metrics.js';
import type { Dependency } from '../ops/watch-dependencies.js';
import { EPOCH_CLAIM, restoreLockMs } from '../timing.js';

export interface ComposeEpochDeps {
  readonly config: IngressConfig;
  readonly database: Database;
  readonly databaseClock: ServerClock;
  readonly limiter: Limiter;
  /** host:port of the limiter's Redis. */
  readonly limiterHost: string;
  readonly slotKey: SlotKey;
  readonly metrics: IngressMetrics;
  readonly cleanup: CleanupStack;
  readonly log: Logger;
  readonly failed: (dependency: Dependency) => (error: unknown) => void;
}

export interface ComposedEpoch {
  /** Gives the limiter back the slots it has lost, and begins an epoch for them. */
  readonly restoreSlots: () => Promise<void>;
  /** The limiter may have lost slots. `endedEpoch`: the database says that this epoch has ended. */
  readonly onSlotsLost: (endedEpoch?: string) => void;
  /** Rejects while sends would be refused: the slots are not complete, or another ingress has the limiter's epoch. */
  readonly requireSlots: () => Promise<void>;
}

/** The limiter's epoch, as this ingress sees it: who has it, and what to do when Redis has lost slots. */
export function composeEpoch(deps: ComposeEpochDeps): ComposedEpoch {
  const { config, database, limiter, metrics, cleanup, log, failed } = deps;
  const { slotsState } = limiter;
  const epochs = createLimiterEpochs(database);
  const claim = createEpochClaim({
    now,
    random: Math.random,
    onForeign: (reason) => {
      metrics.setForeignEpoch(reason !== undefined);
      if (reason === undefined) log.info('limiter epoch held again', { part: 'limiter' });
      else log.warn('limiter epoch held by another', { part: 'limiter', cause: reason });
    },
  });
  const restoreSlots = createRestoreSlots({
    limiter,
    epochs,
    recentSends: createReadRecentSends(database),
    claim,
    self: { redisHost: deps.limiterHost, begunBy: `${hostname()}:${config.httpPort}` },
    slotKey: deps.slotKey,
    newId: randomUUID,
    databaseTime: deps.databaseClock.now,
    now,
    numberSeconds: config.numberLimitSeconds,
    lockMs: restoreLockMs(config),
    onRestored: (count) => log.info('slots restored', { count }),
  });
  const onSlotsLost = (endedEpoch?: string): void => {
    const marked = endedEpoch === undefined ? Promise.resolve() : slotsState.markLost(endedEpoch);
    marked.then(restoreSlots).catch(failed('limiter'));
  };
  const useEpoch = createUseEpoch({ limiter, epochs, claim, now, onSlotsLost });
  const using = runPeriodically(useEpoch, EPOCH_CLAIM.useEveryMs, failed('database'), EPOCH_CLAIM.useEveryMs);
  cleanup.defer('use of the epoch', () => using.stop());
  return {
    restoreSlots,
    onSlotsLost,
    requireSlots: async () => {
      if (!(await slotsState.isComplete())) await restoreSlots();
      const reason = claim.notReadyReason();
      if (reason !== undefined) throw new NotReadyError(reason);
      if (!(await slotsState.isComplete())) throw new NotReadyError('the limiter’s slots are being restored');
    },
  };
}
