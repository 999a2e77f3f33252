import { LANES, type Lane } from '@ardor/domain/message/status';
import { Queue } from 'bullmq';
import type { Chunk } from './chunk.js';
import type { DeliverJob } from './job.js';
import { promoteMisplaced } from './promote-misplaced.js';
import { countReadyJobs, oldestReadyJobMs } from './ready-jobs.js';
import type { Shard } from './shards.js';
import { createWaitForConnection, isConnected, ServerUnavailableError } from './wait-for-connection.js';

/** The lanes of one shard. Each call rejects when the shard's server does not answer. See DeliveryQueue. */
export interface ShardQueue {
  enqueue(chunks: readonly Chunk[]): Promise<void>;
  requeue(chunks: readonly Chunk[]): Promise<Chunk[]>;
  countReady(): Promise<Record<Lane, number>>;
  oldestReadyMs(lane: Lane): Promise<number>;
  readonly lanes: Readonly<Record<Lane, Queue<DeliverJob>>>;
  isReachable(): boolean;
  close(): Promise<void>;
}

/** A job that throws is tried again. When its attempts are used up, recovery brings the messages back from the rows. */
const JOB_OPTIONS = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 200, jitter: 0.5 },
  // A finished job that stayed in Redis would make adding its chunk again a no-op, and recovery would take it for queued.
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 1,
} as const;

/** Nobody reads the event streams. BullMQ keeps 10,000 entries of each by default. */
const EVENTS_KEPT = 100;

export function createShardQueue(
  { connection, prefix }: Shard,
  onError: (error: unknown) => void,
  now: () => number,
): ShardQueue {
  const open = (lane: Lane): Queue<DeliverJob> => {
    const queue = new Queue<DeliverJob>(lane, {
      connection,
      prefix,
      streams: { events: { maxLen: EVENTS_KEPT } },
      defaultJobOptions: JOB_OPTIONS,
    });
    return queue.on('error', onError);
  };
  const lanes = byLane(open);
  const waitForConnection = createWaitForConnection(connection);
  // Questions do not wait for a connection: BullMQ would wait for its first one without end.
  const requireConnection = (): void => {
    if (!isConnected(connection)) throw new ServerUnavailableError();
  };
  const enqueue = async (chunks: readonly Chunk[]): Promise<void> => {
    await waitForConnection();
    await Promise.all(
      LANES.map((lane) =>
        addJobs(
          lanes[lane],
          chunks.filter((chunk) => chunk.lane === lane),
          Math.floor(now()),
        ),
      ),
    );
  };
  const lookAt = async ({ lane, chunkId }: Chunk): Promise<'missing' | 'promoted' | 'in place'> => {
    const job = await lanes[lane].getJob(chunkId);
    if (!job) return 'missing';
    return (await promoteMisplaced(connection, lanes[lane], job, now())) ? 'promoted' : 'in place';
  };
  return {
    lanes,
    isReachable: () => isConnected(connection),
    enqueue,
    requeue: async (chunks) => {
      requireConnection();
      const found = await Promise.all(chunks.map(lookAt));
      const missing = chunks.filter((_, index) => found[index] === 'missing');
      if (missing.length > 0) await enqueue(missing);
      return chunks.filter((_, index) => found[index] !== 'in place');
    },
    countReady: async () => {
      requireConnection();
      const counts = await Promise.all(LANES.map((lane) => countReadyJobs(lanes[lane], now())));
      return byLane((lane) => counts[LANES.indexOf(lane)] ?? 0);
    },
    oldestReadyMs: async (lane) => {
      requireConnection();
      return oldestReadyJobMs(lanes[lane], now());
    },
    close: async () => {
      await Promise.all(LANES.map((lane) => lanes[lane].close()));
    },
  };
}

export const byLane = <T>(valueOf: (lane: Lane) => T): Record<Lane, T> =>
  Object.fromEntries(LANES.map((lane) => [lane, valueOf(lane)])) as Record<Lane, T>;

/**
 * `addBulk` uses a pipeline, and a pipeline of ioredis costs the client more than a handful of single commands: it gets a
 * method for every command that ioredis knows.
 */
const FEW = 6;

async function addJobs(queue: Queue<DeliverJob>, chunks: readonly Chunk[], timestamp: number): Promise<void> {
  const jobs = chunks.map((chunk) => jobOf(chunk, timestamp));
  if (jobs.length > FEW) await queue.addBulk(jobs);
  else await Promise.all(jobs.map(({ name, data, opts }) => queue.add(name, data, opts)));
}

/** BullMQ counts a job's delay and age from its timestamp, and would take this process' own clock. */
function jobOf({ chunkId, ids, delayMs = 0 }: Chunk, timestamp: number) {
  return {
    name: 'deliver',
    data: { v: 1 as const, ids },
    opts: { jobId: chunkId, timestamp, ...(delayMs > 0 ? { delay: delayMs } : {}) },
  };
}
