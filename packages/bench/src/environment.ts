import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import pg from 'pg';
import type { BenchOptions } from './options.js';
import { redisInfo, type Servers } from './stage/servers.js';

/** What a number depends on. */
export interface Environment {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly postgres: string;
  readonly redis: string;
  readonly generator: 'wrk' | 'own';
  readonly seconds: number;
  readonly rounds: number;
  readonly ingresses: number;
  readonly workers: number;
}

export async function describeEnvironment(
  { node, seconds, rounds, ingresses, workers }: BenchOptions,
  { postgres, redisClient }: Servers,
  generator: Environment['generator'],
): Promise<Environment> {
  return {
    node: nodeVersion(node),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    postgres: await postgresVersion(postgres.url),
    redis: await redisInfo(redisClient, 'server', 'redis_version'),
    ...{ generator, seconds, rounds, ingresses, workers },
  };
}

/** Also the check that --node names a Node. */
export const nodeVersion = (node: string): string =>
  execFileSync(node, ['-p', 'process.version'], { encoding: 'utf8' }).trim();

async function postgresVersion(connectionString: string): Promise<string> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version ?? 'unknown';
  } finally {
    await client.end();
  }
}
