import type { Redis } from 'ioredis';

/** Reads the server's clock, Unix milliseconds with a fraction. */
export const createReadRedisTime = (redis: Pick<Redis, 'time'>) => async (): Promise<number> => {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 1_000 + Number(microseconds) / 1_000;
};
