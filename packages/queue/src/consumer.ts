import type { Lane } from '@ardor/domain/message/status';
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { parseDeliverJob, type DeliverJob } from './job.js';

export interface ConsumerOptions {
  readonly connection: Redis;
  readonly prefix: string;
  readonly lane: Lane;
  /** Jobs at once. */
  readonly concurrency: number;
  /** Delivers a chunk; when it rejects, the job is tried again. The error must not hold a secret: Redis keeps its message. */
  readonly process: (ids: readonly string[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly onFailed: (jobId: string | undefined, error: unknown) => void;
  /** How long `close` waits for jobs in flight, in milliseconds: longer than a call to a carrier, shorter than the shutdown. */
  readonly closeMs: number;
  /** A job has succeeded, and Redis knows it. */
  readonly onCompleted?: () => void;
}

/** The job of a dead worker comes to another after lock + stalled check, 4.5 s at most. BullMQ's defaults take up to 59 s. */
const LOCK_MS = 3_000;
const STALLED_CHECK_MS = 1_500;
/** Practically no limit: a chunk is not at fault when its workers die. The claim decides what may be sent, not the job. */
const MAX_STALLED = 1_000;
/**
 * How long one blocking wait for a job lasts; BullMQ's default is 5 s. Redis may send the wake-up to a connection that has
 * just broken, and then the job waits until the next blocking wait begins.
 */
const WAIT_SECONDS = 1;

/** Starts to take jobs of one lane. `close` takes no more and waits for those in flight. */
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
  return { close: () => closeWithin(worker, options.closeMs, options.onError) };
}

/**
 * BullMQ waits without end for jobs in flight, and for a Redis that is away. After `closeMs` the process exits without
 * them: another worker gets the job, and recovery releases the claims.
 */
async function closeWithin(worker: Worker, closeMs: number, onError: (error: unknown) => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      onError(new Error('the jobs in flight did not end in time'));
      resolve();
    }, closeMs);
  });
  await Promise.race([worker.close(), late]).finally(() => clearTimeout(timer));
}
