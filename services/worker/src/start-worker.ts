import type { Shard } from '@ardor/queue/shards';
import { runPeriodically } from '@ardor/runtime/concurrency/run-periodically';
import type { DependencyLog } from '@ardor/runtime/observability/dependency-log';
import type { Logger } from '@ardor/runtime/observability/logger';
import { watchServers, type WatchOptions } from '@ardor/runtime/observability/watch-servers';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import type { ComposedWork } from './compose-work.js';
import type { WorkerConfig } from './config.js';
import { ChunkFailedError, redactJobErrors, startLanes } from './consume/start-lanes.js';
import { createDutyObserver } from './duties/duty-observer.js';
import { startDuties } from './duties/start-duties.js';
import type { Liveness } from './ops/liveness.js';
import type { WorkerMetrics } from './ops/metrics.js';
import type { WorkerTiming } from './timing.js';

export interface StartWorkerDeps {
  readonly config: WorkerConfig;
  readonly timing: WorkerTiming;
  readonly work: ComposedWork;
  /** The lanes take jobs of these shards. */
  readonly shards: readonly Shard[];
  /** Checked periodically, so that the log says when an outage begins and ends. */
  readonly watched: readonly Omit<WatchOptions, 'dependencies'>[];
  /** Run as often as the servers are checked. */
  readonly compareClocks: () => Promise<void>;
  readonly dependencies: DependencyLog;
  readonly liveness: Liveness;
  readonly metrics: WorkerMetrics;
  readonly log: Logger;
  /** Logs an outage once and returns true. Returns false for any other error, which the caller logs. */
  readonly logOutage: (error: unknown) => boolean;
  readonly onQueueFailure: (error: unknown) => void;
  readonly cleanup: CleanupStack;
}

/** Starts the watches, the duties, the liveness samples and the lanes. Each close goes to `cleanup`. */
export function startWorker(deps: StartWorkerDeps): void {
  const { config, timing, work, liveness, metrics, log, logOutage, onQueueFailure, cleanup } = deps;
  for (const watch of deps.watched) {
    const watching = watchServers({ ...watch, dependencies: deps.dependencies });
    cleanup.defer(`probes of ${watch.part}`, () => watching.stop());
  }
  const comparing = runPeriodically(deps.compareClocks, timing.probeEveryMs, (error) =>
    log.error('clock comparison failed', { error }),
  );
  cleanup.defer('clock comparison', () => comparing.stop());
  const observer = createDutyObserver({ log, metrics, logOutage });
  const duties = work.dutyGroups.map((group) => startDuties(group, observer));
  const sampling = runPeriodically(liveness.sample, timing.livenessSampleEveryMs, (error) =>
    log.error('liveness sample failed', { error }),
  );
  const lanes = startLanes({
    shards: deps.shards,
    concurrency: { otp: config.otpConcurrency, notify: config.notifyConcurrency, bulk: config.bulkConcurrency },
    process: redactJobErrors(work.deliver, (error, count) => {
      if (!logOutage(error)) log.error('chunk failed', { count, error });
    }),
    closeMs: timing.laneCloseMs,
    onError: onQueueFailure,
    onFailed: (jobId, error) => {
      // `process` has logged what made a chunk fail.
      if (!(error instanceof ChunkFailedError)) log.warn('job failed', { job_id: jobId ?? '', error });
    },
    onCompleted: liveness.progress,
  });
  // All at once: one after another they could take longer than the shutdown may.
  cleanup.defer('lanes and duties', () =>
    Promise.all([lanes.close(), sampling.stop(), ...duties.map((group) => group.stop())]),
  );
}
