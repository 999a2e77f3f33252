import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Home } from './home.js';
import { startPostgres } from './postgres.js';
import { roleUrls, type RoleUrls } from './postgres/role-urls.js';
import { startRedis } from './redis.js';
import { databasePassword } from './secrets.js';
import { CHECKOUT, launchService, type ServiceName } from './service.js';
import { type StackPlan } from './stack-plan.js';
import { type StartConfig } from './start-settings.js';
import { type StoreServer } from './store-server.js';
import { type Supervision } from './supervise.js';

/** Starts the stores, migrates the database, starts the services and waits until all are ready. */
export async function bringUp(
  { config, home, plan, secrets }: { config: StartConfig; home: Home; plan: StackPlan; secrets: NodeJS.ProcessEnv },
  supervision: Supervision,
): Promise<void> {
  const { ADMIN_DATABASE_URL, MAINTENANCE_DATABASE_URL, ...stores } = await startStores(config, home, supervision);
  const owner = MAINTENANCE_DATABASE_URL === undefined ? {} : { MAINTENANCE_DATABASE_URL };
  const admin = ADMIN_DATABASE_URL === undefined ? {} : { ADMIN_DATABASE_URL };
  const own = { ...secrets, NODE_ENV: plan.nodeEnv };
  await migrate({ ...process.env, ...own, ...stores, ...owner, ...admin }, supervision);
  writeEnvFile(home, { ...stores, ...owner, ...own, HTTP_PORT: String(config.httpPort) });
  await startServices(plan, home, (name) => (name === 'worker' ? { ...stores, ...owner } : stores), supervision);
}

/**
 * Starts Postgres and Redis side by side, unless the environment names others. Returns the variables that lead to them.
 * The users of a Postgres of the person's own are the person's affair.
 */
async function startStores(
  { databaseUrl, redisUrls }: StartConfig,
  home: Home,
  { print, stopping, superviseChild }: Supervision,
): Promise<Pick<RoleUrls, 'DATABASE_URL'> & Partial<RoleUrls> & { REDIS_URL: string }> {
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
  const [postgresUrl = '', REDIS_URL = ''] = started.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  stopping.throwIfAborted();
  if (databaseUrl !== undefined) return { DATABASE_URL: databaseUrl, REDIS_URL };
  return { ...roleUrls(postgresUrl, (role) => databasePassword(home, role)), REDIS_URL };
}

async function migrate(env: NodeJS.ProcessEnv, { print, stopping }: Supervision): Promise<void> {
  print('migrating the database');
  const script = join(CHECKOUT, 'packages/cli/dist/main.js');
  const roles = env['ADMIN_DATABASE_URL'] || env['ADMIN_DATABASE_URL_FILE'] ? ['--roles'] : [];
  await execa(process.execPath, [script, 'migrate', ...roles, '--seed'], {
    env,
    extendEnv: false,
    cancelSignal: stopping,
  });
}

/** Leaves the variables where the `ardor` command reads them. Mode 0600: the password of the database is among them. */
function writeEnvFile(home: Home, env: NodeJS.ProcessEnv): void {
  const lines = Object.entries(env).map(([name, value]) => `${name}=${JSON.stringify(value ?? '')}\n`);
  writeFileSync(join(home.root, 'env'), lines.join(''), { mode: 0o600 });
}

async function startServices(
  plan: StackPlan,
  home: Home,
  storesOf: (name: ServiceName) => NodeJS.ProcessEnv,
  { print, stopping, superviseChild }: Supervision,
): Promise<void> {
  const ready: (() => Promise<void>)[] = [];
  for (const { name, env } of plan.services) {
    stopping.throwIfAborted();
    print(`starting ${name}`);
    const [logFile, pidFile] = [join(home.logs, `${name}.log`), join(home.run, `${name}.pid`)];
    const service = await launchService({ name, env: { ...env, ...storesOf(name) }, logFile, pidFile, detached: true });
    superviseChild(service);
    const onSlow = (answer: string): void => print(`${name} is not ready yet (${logFile} says why): ${answer}`);
    ready.push(() => service.ready({ signal: stopping, onSlow }).then(() => print(`${name} is ready`)));
  }
  await Promise.all(ready.map((wait) => wait()));
}
