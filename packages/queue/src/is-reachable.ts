import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { DeliverJob } from './job.js';

/** Whether the queue's server takes commands now, as far as its connection knows. */
export const isReachable = ({ opts }: Queue<DeliverJob>): boolean => (opts.connection as Redis).status === 'ready';
