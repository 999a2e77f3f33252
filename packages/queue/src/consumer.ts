import type { Lane } from '@ardor/domain/message/status';
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { parseDeliverJob, type DeliverJob } from './job.js';

export interface ConsumerOptions {
  readonly connection: Redis;
  readonly prefix: string;
  readonly lane: Lane;
  /** Jobs under way at once. */
  readonly concurrency: number;
  /** Resolves when the chunk needs no more of the queue. Must throw nothing that tells a secret: Redis keeps the message. */
  readonly process: (ids: readonly string[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly onFailed: (jobId: string | undefined, error: unknown) => void;
  /** How long `close` waits for the jobs under way, in milliseconds. */
  readonly closeMs?: number;
  /** A job has ended well and Redis knows. */
  readonly onCompleted?: () => void;
}

/**
 * A dead worker's job comes to another within lock + stalled check, 4.5 s at most; with BullMQ's defaults it took 59 s.
 */
const LOCK_MS = 3_000;
const STALLED_CHECK_MS = 1_500;
/** A chunk that outlives many workers is not at fault: what may be sent is decided by the claim, not by the job. */
const MAX_STALLED = 1_000;
/**
 * How long one wait for a job lasts. Redis may hand the wake-up to a connection that has just broken, and then nobody
 * looks again before the wait is over: 5 s by default.
 */
const WAIT_SECONDS = 1;

/** Starts taking jobs of one lane; `close` stops taking and waits for those under way. */
export function startConsumer(options: ConsumerOptions): { close(): Promise<void> } {
  const worker = new Worker<DeliverJob>(options.lane, ({ data }) => options.process(parseDeliverJob(data).ids), {
    connection: options.connection,
    prefix: options.prefix,
    concurrency: options.concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    maxStalledCount: MAX_STALLED,
    drainDelay: WAIT_SECONDS,
  });
  worker.on('error', options.onError);
  worker.on('failed', (job, error) => options.onFailed(job?.id, error));
  worker.on('completed', () => options.onCompleted?.());
  return { close: () => closeWithin(worker, options.closeMs ?? CLOSE_MS, options.onError) };
}

/** Longer than a call to a carrier lasts, and shorter than a shutdown may. */
const CLOSE_MS = 7_000;

/**
 * BullMQ waits without end for the jobs under way, and for a Redis that is away. Who waits longer than this is left behind:
 * its claims are taken over, and its job comes to another worker.
 */
async function closeWithin(worker: Worker, closeMs: number, onError: (error: unknown) => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      onError(new Error('the queue did not let go in time'));
      resolve();
    }, closeMs);
  });
  await Promise.race([worker.close(), late]).finally(() => clearTimeout(timer));
}
