import { DRIVER_MARGIN_MS } from '@ardor/store/sql/driver-margin';

/** Between two requests of a connection. Longer than any load balancer in front keeps one, so that none reuses a closing connection. */
export const KEEP_ALIVE_MS = 75_000;
/** For the first byte of a new connection, and for the head of a request. It may take a quarter longer. */
export const HEAD_MS = 10_000;
/** For all bytes of one request; a slower client is cut off. */
export const REQUEST_MS = 15_000;
/** A client that takes no byte of its response for this long is cut off. */
export const UNREAD_MS = 30_000;
/** After the shutdown began, connections stay open this long: their client's next request may already be on its way. */
export const CLOSE_GRACE_MS = 300;
/** A client that does not read the refusal of a broken request for this long is cut off. */
export const UNREAD_RESPONSE_MS = 5_000;
/** How often the delay of the event loop is sampled, for load shedding. */
export const LOOP_SAMPLE_MS = 200;
/** Retries of a slot release. Together they last longer than a slot lives by default. */
export const SLOT_RELEASE = { tries: 20, firstPauseMs: 100, maxPauseMs: 5_000 } as const;
/** A readiness check that takes longer has failed. */
export const READY_TIMEOUT_MS = 1_000;
/** How often each dependency's servers are asked whether they answer, for the log. */
export const PROBE_MS = 1_000;
/** Failed log-ins are counted, limited and logged by periods of this length. */
export const FAILED_LOGINS_MS = 60_000;
/** How often the changed clients are read. CLIENT_CACHE_MS is how old a record may become when reading fails. */
export const CLIENT_REFRESH_MS = 1_000;
/** Jobs are added after the response; a hung Redis must not let them pile up. */
export const QUEUE_TIMEOUT_MS = 2_000;
/** How often accepted sends are added to their client, country and hour. A process that dies loses so much of them. */
export const COUNTRY_FLUSH_MS = 5_000;
/** How often the country caps are learned again. Only the days before today count. */
export const COUNTRY_CAPS_REFRESH_MS = 60_000;
/** How often the log names the clients that their own limits refused, or whose numbers other clients had. */
export const LIMIT_REPORT_MS = 60_000;
/** How often the age of each lane's backlog is sampled. */
export const BACKLOG_SAMPLE_MS = 1_000;
/**
 * A slot is used at once or not at all: what was granted long ago must not be stored by a process, a server or a connection that
 * hung. The INSERT itself compares this with the database's clock. Shorter than any NUMBER_LIMIT_SECONDS, so the slot cannot be
 * another's by then.
 */
export const MAX_SLOT_AGE_MS = 900;

/** Whose epoch of the limiter counts, where ingresses do not share their slots: see epoch-claim.ts. */
export const EPOCH_CLAIM = {
  /** How often an ingress says that it uses its epoch, and looks whether it still has it. */
  useEveryMs: 1_000,
  /** An epoch that nobody has used for longer may be ended by any ingress. */
  unusedMs: 5_000,
  /** An ingress says so for this long while its Redis is away: a restart of Redis must not give the system to another. */
  withoutRedisMs: 60_000,
  /** After the first epoch that was lost to another, and after many, an ingress waits this long, less a jitter of a half. */
  firstPauseMs: 5_000,
  maxPauseMs: 60_000,
  /** After a loss, an ingress is ready once it has held an epoch for this long. */
  provenMs: 5_000,
  /** While another has the epoch, it is looked at this often at most. */
  lookEveryMs: 250,
} as const;

/** Shared round trips: see createBatcher. Measured, and the same for every load (docs/PERFORMANCE.md). */
export const BATCH = {
  /** Messages in one limiter call and one INSERT. */
  maxBatch: 500,
  /** One can wait for the disk while the next is gathered. */
  maxConcurrentRuns: 2,
  /** A second run beside the first is worth its round trips for this many. */
  minExtraBatch: 64,
  /** Clients that just got a response usually send again within this time. */
  lingerMs: 2,
} as const;

/** A busy process may be this late to renew its lock. */
const MIN_RESTORE_LOCK_MS = 3_000;

/**
 * A process that dies while it restores slots keeps the others from it for this long. Each page renews the lock, and reading a page may
 * take as long as a statement: a shorter lock would be lost to another process again and again.
 */
export const restoreLockMs = ({ databaseTimeoutMs }: { readonly databaseTimeoutMs: number }): number =>
  Math.max(MIN_RESTORE_LOCK_MS, databaseTimeoutMs + DRIVER_MARGIN_MS);

interface Times {
  readonly answerDeadlineMs?: number;
  readonly answerMaxMs?: number;
}

/** For `readConfig`: the inequalities between this service's settings. A setting that is wrong by itself is undefined here. */
export function timingProblems({ answerDeadlineMs = 0, answerMaxMs = Infinity }: Times): string[] {
  return answerMaxMs < answerDeadlineMs ? ['ANSWER_MAX_MS must not be shorter than ANSWER_DEADLINE_MS'] : [];
}
