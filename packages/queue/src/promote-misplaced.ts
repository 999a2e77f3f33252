import type { Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { DeliverJob } from './job.js';

/**
 * A delayed job is misplaced when its time is further from now than this, in milliseconds. Consumers move it to `waiting`
 * by their own clocks. Not shorter: a job that has just failed is delayed for a moment, too.
 */
export const MISPLACED_BY_MS = 5_000;

/** BullMQ puts the time of a delayed job, in milliseconds, before 12 bits that keep the order of one moment. */
const SCORE_UNITS = 0x1000;

/**
 * Lets a worker take a delayed job now, if its time is far from now. Call it for jobs that should be taken now, by their
 * rows. A time far ahead was written by a process whose clock is ahead. A time long past means that the clocks of all
 * consumers are behind. Returns whether the job was promoted.
 */
export async function promoteMisplaced(
  connection: Redis,
  queue: Queue<DeliverJob>,
  job: Job<DeliverJob>,
  now: number,
): Promise<boolean> {
  // Waiting, active and promoted jobs have no delay.
  if (job.delay === 0) return false;
  const score = await connection.zscore(queue.toKey('delayed'), job.id ?? '');
  if (score === null || Math.abs(Number(score) / SCORE_UNITS - now) <= MISPLACED_BY_MS) return false;
  // A worker may take the job at this moment. That is what we want, so this is no error.
  return job.promote().then(
    () => true,
    async (error: unknown) => {
      if (await job.isDelayed()) throw error;
      return false;
    },
  );
}
