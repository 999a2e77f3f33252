import type { Lane } from '@ardor/domain/message/status';
import { LANES } from '@ardor/domain/message/status';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { DeliverJob } from './job.js';
import { lookAtLane } from './look-at-lane.js';

export interface Chunk {
  /** The job's id. Adding a chunk whose job is still there does nothing. */
  readonly chunkId: string;
  readonly lane: Lane;
  /** 1..100 message ids. */
  readonly ids: readonly string[];
  /** Not before this long from now, in milliseconds. */
  readonly delayMs?: number;
}

export interface Producer {
  /** Adds the chunks' jobs, all that can be added. Rejects when any lane or shard failed. */
  add(chunks: readonly Chunk[]): Promise<void>;
  /**
   * Those of the chunks whose job is not in the queue, in no state; without those of a shard that cannot tell. Rejects
   * while the whole queue is out of reach.
   */
  missing(chunks: readonly Chunk[]): Promise<Chunk[]>;
  /** How many jobs of each lane a worker could take now, where Redis can tell. Rejects where none can. */
  waiting(): Promise<Record<Lane, number>>;
  /** For how long the job next in line could have been taken, in milliseconds. Rejects where no Redis can tell. */
  oldestWaitingMs(lane: Lane): Promise<number>;
  /** For the dashboard: those of the first shard, then of the next. */
  readonly queues: readonly Queue<DeliverJob>[];
  close(): Promise<void>;
}

/** A job that throws is tried again; what is left after that is recovery's. */
const JOB_OPTIONS = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 200, jitter: 0.5 },
  // A job that stays in Redis after its end would make adding its chunk again a no-op, and recovery blind.
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 1,
} as const;

/** Nobody reads the event streams; BullMQ keeps 10,000 entries of each by default. */
const EVENTS_KEPT = 100;

export function createProducer(connection: Redis, prefix: string, onError: (error: unknown) => void): Producer {
  const byLane = new Map(
    LANES.map((lane) => {
      const queue = new Queue<DeliverJob>(lane, {
        connection,
        prefix,
        streams: { events: { maxLen: EVENTS_KEPT } },
        defaultJobOptions: JOB_OPTIONS,
      });
      queue.on('error', onError);
      return [lane, queue] as const;
    }),
  );
  return {
    queues: [...byLane.values()],
    add: async (chunks) => {
      const lanes = [...byLane].map(([lane, queue]) => ({
        queue,
        mine: chunks.filter((chunk) => chunk.lane === lane),
      }));
      await Promise.all(lanes.map(({ queue, mine }) => addJobs(queue, mine)));
    },
    missing: async (chunks) => {
      const asking = connection.pipeline();
      for (const { lane, chunkId } of chunks) asking.exists(byLane.get(lane)?.toKey(chunkId) ?? chunkId);
      const answers = (await asking.exec()) ?? [];
      return chunks.filter((_, index) => {
        const [error, exists] = answers[index] ?? [];
        if (error) throw error;
        return exists !== 1;
      });
    },
    waiting: async () => {
      const looks = await Promise.all(LANES.map((lane) => lookAtLane(connection, prefix, lane)));
      return Object.fromEntries(LANES.map((lane, n) => [lane, looks[n]?.waiting ?? 0])) as Record<Lane, number>;
    },
    oldestWaitingMs: async (lane) => (await lookAtLane(connection, prefix, lane)).oldestMs,
    close: async () => {
      await Promise.all([...byLane.values()].map((queue) => queue.close()));
    },
  };
}

/**
 * A pipeline costs the client more than a handful of jobs: ioredis gives each one every command that it knows, and
 * BullMQ adds in bulk through a pipeline.
 */
const FEW = 6;

async function addJobs(queue: Queue<DeliverJob>, chunks: readonly Chunk[]): Promise<void> {
  const jobs = chunks.map(jobOf);
  if (jobs.length > FEW) await queue.addBulk(jobs);
  else await Promise.all(jobs.map(({ name, data, opts }) => queue.add(name, data, opts)));
}

function jobOf({ chunkId, ids, delayMs = 0 }: Chunk) {
  return {
    name: 'deliver',
    data: { v: 1 as const, ids },
    opts: { jobId: chunkId, ...(delayMs > 0 ? { delay: delayMs } : {}) },
  };
}
