import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seed } from '@ardor/prisma/seed';
import { openDatabase } from '@ardor/store/database';
import { migrate } from '@ardor/store/migrate';
import pg from 'pg';
import { eventually } from '../eventually.js';
import { testKeyring } from '../fixtures.js';
import { MIGRATIONS } from '../places.js';
import { freePort, startProcess, untilReady } from '../service-process.js';
import { startTcpProxy } from '../tcp-proxy.js';
import { drawEvent, type Tally } from './events.js';
import { startFleet } from './fleet.js';
import { startLoad } from './load.js';
import { judge, type Query, type Verdict } from './oracle.js';
import { seeded } from './random.js';
import { startPostgresVictim, startRedisVictim, through } from './servers.js';

export interface RunOptions {
  /** Kills of processes and servers before the run ends. */
  readonly kills: number;
  readonly seed: number;
  /** It ends by then even with fewer kills. */
  readonly minutes: number;
  /** Whether the carrier takes a reference once only, and Ardor is told so. */
  readonly deduplicates: boolean;
  readonly sendsPerSecond: number;
  readonly progress: (line: string) => void;
}

export interface RunResult extends Verdict {
  readonly tally: Tally;
  readonly hang503: readonly number[];
  readonly answers: Readonly<Record<string, number>>;
}

/** Long enough for what is uncertain to be asked about, and for the demo template's messages to expire. */
const SETTLE_MS = 150_000;

/** Two ingresses and two workers under load, and a seeded schedule of accidents; then everything is left in peace and judged. */
export async function run(options: RunOptions): Promise<RunResult> {
  const random = seeded(options.seed);
  const folder = await mkdtemp(join(tmpdir(), 'ardor-chaos-'));
  await chmod(folder, 0o711);
  const [postgres, redis] = await Promise.all([startPostgresVictim(folder), startRedisVictim(folder)]);
  await prepare(postgres.directUrl());
  const simulatorPort = await freePort();
  const simulator = startProcess('simulator', {}, [
    '--port',
    String(simulatorPort),
    ...(options.deduplicates ? ['--deduplicate'] : []),
  ]);
  await untilReady(simulator, `http://127.0.0.1:${simulatorPort}/ledger`);
  const carrier = await startTcpProxy({ host: '127.0.0.1', port: simulatorPort });
  const fleet = await startFleet({
    DATABASE_URL: through(postgres.proxy, postgres.directUrl()),
    REDIS_URL: through(redis.proxy, redis.directUrl()),
    SIMULATOR_URL: `http://127.0.0.1:${carrier.port}`,
    SIMULATOR_DEDUPLICATES: String(options.deduplicates),
  });
  const query = directQuery(postgres.directUrl);
  const load = startLoad({
    apis: () => fleet.ingresses.map(({ api }) => api),
    random,
    sendsPerSecond: options.sendsPerSecond,
    queriesPerSecond: options.sendsPerSecond / 2,
  });
  const tally: Tally = {
    kills: { ingress: 0, worker: 0, redis: 0, postgres: 0 },
    takeover: [],
    resume: { redis: [], postgres: [] },
  };
  await eventually(() => load.lastAcknowledgedAt() > 0);
  const until = Date.now() + options.minutes * 60_000;
  for (let number = 1; killed(tally) < options.kills && Date.now() < until; number++) {
    const { name, run: happen } = drawEvent(random);
    options.progress(
      `${String(killed(tally)).padStart(4)}/${options.kills} kills, ${load.acknowledged.length} accepted: ${name}`,
    );
    await happen({ fleet, redis, postgres, carrier, load, query, random, tally });
    await new Promise((resolve) => setTimeout(resolve, 100 + random() * 400));
  }
  await load.stop();
  options.progress('left in peace');
  await eventually(async () => (await query<{ n: string }>(OPEN))[0]?.n === '0', SETTLE_MS, 250).catch(() =>
    options.progress('some never ended'),
  );
  const verdict = await judge(query, `http://127.0.0.1:${simulatorPort}`, load.acknowledged);
  await fleet.stop();
  await carrier.close();
  await simulator.stop();
  await Promise.all([redis.stop(), postgres.stop()]);
  await rm(folder, { recursive: true, force: true });
  return { ...verdict, tally, hang503: load.hang503, answers: Object.fromEntries(load.answers) };
}

const OPEN = `SELECT count(*) AS n FROM messages WHERE status NOT IN ('delivered', 'error')`;
const killed = ({ kills }: Tally): number => Object.values(kills).reduce((sum, count) => sum + count, 0);

async function prepare(databaseUrl: string): Promise<void> {
  await migrate({ databaseUrl, folder: MIGRATIONS });
  const database = openDatabase({ url: databaseUrl, pool: 1, timeoutMs: 10_000 });
  await seed(database, testKeyring());
  await database.close();
}

/** Asks past the proxy, on a connection of its own each time, and again while the server restarts. */
const directQuery =
  (url: () => string): Query =>
  <R extends object>(sql: string, values: unknown[] = []) =>
    eventually<R[]>(async () => {
      const client = new pg.Client({ connectionString: url() });
      client.on('error', () => undefined);
      await client.connect();
      try {
        return (await client.query<R>(sql, values)).rows;
      } finally {
        await client.end();
      }
    }, 30_000);
