import { join } from 'node:path';
import { describeExit } from './child.js';
import { writeEnvFile } from './env-file.js';
import { type Home } from './home.js';
import { lookAfter } from './look-after.js';
import { startPostgres } from './postgres.js';
import { startRedis } from './redis.js';
import { type StartConfig } from './start-settings.js';
import { startNode } from './start-services.js';
import { type Print } from './progress.js';
import { type Supervision, type Watched } from './supervision.js';

/**
 * Starts Postgres and Redis side by side, unless the environment names others, and migrates the database.
 * `migrate` is the script and its arguments, `env` what it needs besides (seeding a client takes the master key).
 * Returns the variables the services need to find the two.
 */
export async function startStores(
  config: StartConfig,
  home: Home,
  migrate: { args: readonly string[]; env: NodeJS.ProcessEnv },
  supervision: Supervision,
): Promise<NodeJS.ProcessEnv> {
  const { databaseUrl, redisUrls } = config;
  if (databaseUrl !== undefined) supervision.print('using the Postgres of DATABASE_URL; none is started here');
  if (redisUrls !== undefined) supervision.print('using the Redis of REDIS_URL; none is started here');
  const started = await Promise.allSettled([
    databaseUrl === undefined ? postgres(home, supervision.print) : undefined,
    redisUrls === undefined ? redis(home, supervision.print) : undefined,
  ]);
  // Settled, not raced: when one fails, the other one's release must be known before everything is taken down.
  const [ownPostgres, ownRedis] = started.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
  for (const store of [ownPostgres, ownRedis]) if (store) lookAfter(store, supervision);
  for (const result of started) if (result.status === 'rejected') throw result.reason;
  supervision.stopping.throwIfAborted();
  const env = { DATABASE_URL: databaseUrl ?? ownPostgres?.url, REDIS_URL: redisUrls?.join(',') ?? ownRedis?.url };
  await runMigrations(migrate.args, { ...migrate.env, ...env }, supervision);
  writeEnvFile(home, { ...env, ...migrate.env, HTTP_PORT: String(config.httpPort) });
  return env;
}

interface Store extends Watched {
  url: string;
  stop: () => Promise<void>;
}

async function postgres(home: Home, print: Print): Promise<Store> {
  print('starting Postgres');
  const logFile = join(home.logs, 'postgres.log');
  return { name: 'Postgres', ...(await startPostgres({ dataDir: home.postgres, logFile, log: print })) };
}

async function redis(home: Home, print: Print): Promise<Store> {
  print('starting Redis');
  const [logFile, cacheDir] = [join(home.logs, 'redis.log'), home.tools];
  return {
    name: 'Redis',
    ...(await startRedis({ dataDir: home.redis, persist: true, cacheDir, logFile, log: print })),
  };
}

async function runMigrations(args: readonly string[], env: NodeJS.ProcessEnv, supervision: Supervision): Promise<void> {
  supervision.print('migrating the database');
  const child = await startNode('migrate', args, env, supervision);
  const abandon = (): void => void child.stop();
  supervision.stopping.addEventListener('abort', abandon, { once: true });
  const exit = await child.exited;
  supervision.stopping.removeEventListener('abort', abandon);
  supervision.stopping.throwIfAborted();
  if (exit.code !== 0) throw new Error(describeExit(child, exit));
}
