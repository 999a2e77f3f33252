import type { Job, Queue } from 'bullmq';
import type { DeliverJob } from './job.js';

/** How many jobs a worker could take at `now`: none while the queue is paused. A delayed job counts once it is due. */
export async function countReadyJobs(queue: Queue<DeliverJob>, now: number): Promise<number> {
  const [paused, counts, due] = await Promise.all([
    queue.isPaused(),
    queue.getJobCounts('waiting', 'prioritized'),
    countDueJobs(queue, now),
  ]);
  return paused ? 0 : (counts['waiting'] ?? 0) + (counts['prioritized'] ?? 0) + due;
}

/** For how long the oldest job that is next in line could have been taken, paused or not; 0 where no job is ready. Times are Unix ms. */
export async function oldestReadyJobMs(queue: Queue<DeliverJob>, now: number): Promise<number> {
  const [next, due] = await Promise.all([
    queue.getJobs(['waiting', 'prioritized', 'delayed'], 0, 0, true),
    countDueJobs(queue, now),
  ]);
  const ready = next.filter(({ delay }) => delay === 0 || due > 0);
  return Math.max(0, ...ready.map((job) => now - readySince(job)));
}

/** Delayed jobs whose time has come, and that no worker has moved to `waiting` yet. */
const countDueJobs = (queue: Queue<DeliverJob>, now: number): Promise<number> =>
  queue.getDelayedCount(Math.ceil(now) + 1);

/**
 * When a job could be taken, Unix ms. `opts.delay` is the delay it was added with, `delay` the one it has now, and
 * `processedOn` when its last try began: a job that failed is ready again after that. A consumer writes `processedOn` by
 * its own clock. One that is ahead makes such a job look younger, and one that is behind changes nothing.
 */
const readySince = ({ timestamp, processedOn = 0, delay, opts }: Job<DeliverJob>): number =>
  Math.max(timestamp + (opts.delay ?? 0), processedOn + delay);
