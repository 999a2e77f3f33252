import { openDatabase } from '@ardor/store/sql/database';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';

export const QUEUE = 'naive';
/** The default of the pg package. */
const POOL = 10;
const TIMEOUT_MS = 30_000;

export const openNaiveDatabase = () =>
  openDatabase({ url: process.env['DATABASE_URL'] ?? '', pool: POOL, timeoutMs: TIMEOUT_MS });

export const openNaiveRedis = (): Redis => new Redis(process.env['REDIS_URL'] ?? '', { maxRetriesPerRequest: null });

export const openNaiveQueue = (connection: Redis): Queue<{ id: string }> => new Queue(QUEUE, { connection });
