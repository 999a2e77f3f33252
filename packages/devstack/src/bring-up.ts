import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Home } from './home.js';
import { startPostgres } from './postgres.js';
import { startRedis } from './redis.js';
import { CHECKOUT, launchService } from './service.js';
import { type StackPlan } from './stack-plan.js';
import { type StartConfig } from './start-settings.js';
import { type StoreServer } from './store-server.js';
import { type Supervision } from './supervise.js';

/** Starts the stores, migrates the database, starts the services and waits until all are ready. */
export async function bringUp(
  { config, home, plan, secrets }: { config: StartConfig; home: Home; plan: StackPlan; secrets: NodeJS.ProcessEnv },
  supervision: Supervision,
): Promise<void> {
  const stores = await startStores(config, home, supervision);
  await migrate({ ...process.env, ...secrets, ...stores, NODE_ENV: plan.nodeEnv }, supervision);
  writeEnvFile(home, { ...stores, ...secrets, HTTP_PORT: String(config.httpPort), NODE_ENV: plan.nodeEnv });
  await startServices(plan, home, stores, supervision);
}

/** Starts Postgres and Redis side by side, unless the environment names others. Returns the variables that lead to them. */
async function startStores(
  { databaseUrl, redisUrls }: StartConfig,
  home: Home,
  { print, stopping, superviseChild }: Supervision,
): Promise<NodeJS.ProcessEnv> {
  const start = async (name: 'Postgres' | 'Redis', begin: () => Promise<StoreServer>): Promise<string> => {
    print(`starting ${name}`);
    const server = await begin();
    superviseChild(server);
    return server.url;
  };
  if (databaseUrl !== undefined) print('using the Postgres of DATABASE_URL; none is started here');
  if (redisUrls !== undefined) print('using the Redis of REDIS_URL; none is started here');
  const options = (name: string) => ({ logFile: join(home.logs, `${name}.log`), log: print, detached: true });
  const started = await Promise.allSettled([
    databaseUrl ?? start('Postgres', () => startPostgres({ dataDir: home.postgres, ...options('postgres') })),
    redisUrls?.join(',') ??
      start('Redis', () =>
        startRedis({ dataDir: home.redis, persist: true, cacheDir: home.tools, ...options('redis') }),
      ),
  ]);
  // Both have come to an end here: when one fails, the other one is known to the supervision.
  const [DATABASE_URL, REDIS_URL] = started.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  stopping.throwIfAborted();
  return { DATABASE_URL, REDIS_URL };
}

async function migrate(env: NodeJS.ProcessEnv, { print, stopping }: Supervision): Promise<void> {
  print('migrating the database');
  const script = join(CHECKOUT, 'packages/cli/dist/main.js');
  await execa(process.execPath, [script, 'migrate', '--seed'], { env, extendEnv: false, cancelSignal: stopping });
}

/** Leaves the variables where the `ardor` command reads them. Mode 0600: the password of the database is among them. */
function writeEnvFile(home: Home, env: NodeJS.ProcessEnv): void {
  const lines = Object.entries(env).map(([name, value]) => `${name}=${JSON.stringify(value ?? '')}\n`);
  writeFileSync(join(home.root, 'env'), lines.join(''), { mode: 0o600 });
}

async function startServices(
  plan: StackPlan,
  home: Home,
  stores: NodeJS.ProcessEnv,
  { print, stopping, superviseChild }: Supervision,
): Promise<void> {
  const ready: (() => Promise<void>)[] = [];
  for (const { name, env } of plan.services) {
    stopping.throwIfAborted();
    print(`starting ${name}`);
    const [logFile, pidFile] = [join(home.logs, `${name}.log`), join(home.run, `${name}.pid`)];
    const service = await launchService({ name, env: { ...env, ...stores }, logFile, pidFile, detached: true });
    superviseChild(service);
    const onSlow = (answer: string): void => print(`${name} is not ready yet (${logFile} says why): ${answer}`);
    ready.push(() => service.ready({ signal: stopping, onSlow }).then(() => print(`${name} is ready`)));
  }
  await Promise.all(ready.map((wait) => wait()));
}
