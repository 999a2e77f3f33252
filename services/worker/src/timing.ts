/** The settings that the times are derived from. */
export interface TimingSettings {
  readonly gatewayTimeoutMs: number;
  readonly claimLeaseMs: number;
  readonly workerLeaseMs: number;
  readonly livenessSeconds: number;
  readonly lookupAfterMs: number;
  readonly trustAbsenceAfterMs: number;
  readonly sweepIntervalMs: number;
  readonly shutdownSeconds: number;
}

/** Time that a claim, a settlement or a cleanup may take beside the call to the carrier. */
const MARGIN_MS = 1_000;
/** A worker beats this often within its lease, so one lost beat or two cost nothing. */
const BEATS_PER_LEASE = 4;
/** Often enough that the limit is noticed with a delay of a twelfth. */
const LIVENESS_SAMPLES = 12;
/** What a restart of the database takes. */
const DATABASE_RESTART_MS = 6_000;
/** What a chunk needs after its call: the settlement and the end of its job. */
const SETTLE_MS = 2_000;
/** What the other closes of a shutdown need after the lanes have closed. */
const OTHER_CLOSES_MS = 500;

/** The intervals and timeouts of the worker that are not settings, in milliseconds. Packages have constants of their own. */
export interface WorkerTiming {
  /** A check of /readyz that takes longer has failed. */
  readonly readinessCheckMs: number;
  /** A command that adds or counts jobs fails after this long. A consumer's commands wait as long as Redis needs. */
  readonly queueCommandMs: number;
  /** How often the database and the queue's servers are asked whether they answer, for the log. */
  readonly probeEveryMs: number;
  /** How long no call goes to a carrier that was unavailable several times in a row. */
  readonly breakerOpenMs: number;
  readonly heartbeatEveryMs: number;
  readonly recoveryEveryMs: number;
  readonly maintenanceEveryMs: number;
  /** A backlog without progress for longer makes the worker unhealthy. */
  readonly livenessLimitMs: number;
  readonly livenessSampleEveryMs: number;
  /** A call may begin this long after its claim began: it then ends before the claim does. */
  readonly sendWithinMs: number;
  /**
   * A settlement is tried again for this long: min(DATABASE_RESTART_MS, claim lease − gateway timeout − MARGIN_MS / 2). So it
   * ends before the claim does, unless the call began later than MARGIN_MS / 2 after the claim.
   */
  readonly settleRetryMs: number;
  /** The pause before the second try of a settlement. Later ones grow up to the longest. */
  readonly settleFirstDelayMs: number;
  readonly settleLongestDelayMs: number;
  /** A message is not asked about again before this long: the lookup before it has ended by then. */
  readonly lookupAgainMs: number;
  /** How long a lane waits at shutdown for its jobs: longer than a call, shorter than the shutdown. */
  readonly laneCloseMs: number;
}

/*
 * These two times need no order. BullMQ hands the job of a dead worker on after 4.5 s at most (lock and stalled check,
 * packages/queue). Its claims are released after WORKER_LEASE_MS. A job that comes first finds nothing to claim and
 * ends; the claims then get a new job from requeue-unqueued. Claims that are free first are claimed by the old job.
 */
export function deriveTiming(config: TimingSettings): WorkerTiming {
  const { gatewayTimeoutMs, claimLeaseMs, workerLeaseMs, livenessSeconds, lookupAfterMs } = config;
  const sendWithinMs = claimLeaseMs - gatewayTimeoutMs;
  return {
    readinessCheckMs: 1_000,
    queueCommandMs: 2_000,
    probeEveryMs: 1_000,
    breakerOpenMs: 1_000,
    heartbeatEveryMs: workerLeaseMs / BEATS_PER_LEASE,
    recoveryEveryMs: config.sweepIntervalMs,
    maintenanceEveryMs: 600_000,
    livenessLimitMs: livenessSeconds * 1_000,
    livenessSampleEveryMs: (livenessSeconds * 1_000) / LIVENESS_SAMPLES,
    sendWithinMs,
    settleFirstDelayMs: 100,
    settleLongestDelayMs: 1_000,
    settleRetryMs: Math.min(DATABASE_RESTART_MS, sendWithinMs - MARGIN_MS / 2),
    lookupAgainMs: Math.max(lookupAfterMs, gatewayTimeoutMs + MARGIN_MS),
    laneCloseMs: Math.min(gatewayTimeoutMs + SETTLE_MS, config.shutdownSeconds * 1_000 - OTHER_CLOSES_MS),
  };
}

/** For `readConfig`: what is wrong with the times together. A setting that is wrong by itself is undefined here. */
export function timingProblems(config: Partial<TimingSettings>): string[] {
  const { gatewayTimeoutMs, claimLeaseMs, trustAbsenceAfterMs, livenessSeconds, shutdownSeconds } = config;
  return [
    // A claim that ended during the call could be taken by another worker while the carrier still decides.
    mustExceed('CLAIM_LEASE_MS', claimLeaseMs, 'GATEWAY_TIMEOUT_MS', gatewayTimeoutMs),
    // The last call of a worker that was taken for dead may still be on its way for as long as a call takes.
    mustExceed('TRUST_ABSENCE_AFTER_MS', trustAbsenceAfterMs, 'GATEWAY_TIMEOUT_MS', gatewayTimeoutMs),
    // A shutdown that is shorter than a call would leave the messages of each call in flight uncertain.
    mustExceed('SHUTDOWN_SECONDS', toMs(shutdownSeconds), 'GATEWAY_TIMEOUT_MS', gatewayTimeoutMs),
    // A chunk may take as long as its claim. A worker that waits for a slow carrier must not count as stuck.
    mustExceed('LIVENESS_SECONDS', toMs(livenessSeconds), 'CLAIM_LEASE_MS', claimLeaseMs, 1),
  ].flat();
}

const toMs = (seconds: number | undefined): number | undefined => (seconds === undefined ? undefined : seconds * 1_000);

function mustExceed(name: string, ms = Infinity, other: string, otherMs = 0, marginMs = MARGIN_MS): string[] {
  if (ms >= otherMs + marginMs) return [];
  return [`${name} must be longer than ${other}${marginMs === MARGIN_MS ? ` by ${MARGIN_MS} ms at least` : ''}`];
}
