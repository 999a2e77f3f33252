import { availableParallelism, cpus } from 'node:os';
import { redisInfo } from './servers.js';
import type { Session } from './session.js';

/** The machine and the versions that a figure depends on. */
export interface Machine {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly postgres: string;
  readonly redis: string;
  readonly seconds: number;
  readonly ingresses: number;
  readonly workers: number;
}

export async function describeMachine({ options, servers, databases }: Session): Promise<Machine> {
  const { seconds, ingresses, workers } = options;
  return {
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    postgres: await databases.serverVersion(),
    redis: await redisInfo(servers.redisClient, 'server', 'redis_version'),
    seconds,
    ingresses,
    workers,
  };
}
