import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seed } from '@ardor/prisma/seed';
import { createClosers, type Closers } from '@ardor/runtime/closers';
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
  const closers = createClosers();
  try {
    return await runWithin(options, closers);
  } finally {
    await closers.closeAll();
  }
}

async function runWithin(options: RunOptions, closers: Closers): Promise<RunResult> {
  const { progress } = options;
  const random = seeded(options.seed);
  const { query, simulatorUrl, ...stage } = await setUp(options, closers);
  const load = startLoad({
    apis: () => stage.fleet.ingresses.map(({ api }) => api),
    random,
    sendsPerSecond: options.sendsPerSecond,
    queriesPerSecond: options.sendsPerSecond / 2,
  });
  closers.push('load', load.stop);
  const tally: Tally = {
    kills: { ingress: 0, worker: 0, redis: 0, postgres: 0 },
    takeover: [],
    resume: { redis: [], postgres: [] },
  };
  await eventually(() => load.acknowledged.length > 0);
  const until = Date.now() + options.minutes * 60_000;
  while (killed(tally) < options.kills && Date.now() < until) {
    const { name, run: happen } = drawEvent(random);
    progress(
      `${String(killed(tally)).padStart(4)}/${options.kills} kills, ${load.acknowledged.length} accepted: ${name}`,
    );
    await happen({ ...stage, load, query, random, tally });
    await new Promise((resolve) => setTimeout(resolve, 100 + random() * 400));
  }
  await load.stop();
  progress('left in peace');
  const ended = async (): Promise<boolean> => (await query<{ n: string }>(OPEN))[0]?.n === '0';
  await eventually(ended, SETTLE_MS, 250).catch(() => progress('some messages never ended'));
  const verdict = await judge(query, simulatorUrl, load.acknowledged);
  return { ...verdict, tally, hang503: load.hang503, answers: Object.fromEntries(load.answers) };
}

/** Servers, carrier and fleet, each behind its proxy; the releases go to `closers`. */
async function setUp({ deduplicates }: RunOptions, closers: Closers) {
  const folder = await mkdtemp(join(tmpdir(), 'ardor-chaos-'));
  await chmod(folder, 0o711);
  closers.push('folder', () => rm(folder, { recursive: true, force: true }));
  const postgres = await startPostgresVictim(folder);
  closers.push('Postgres', postgres.stop);
  const redis = await startRedisVictim(folder);
  closers.push('Redis', redis.stop);
  await prepare(postgres.directUrl());
  const simulatorPort = await freePort();
  const simulatorUrl = `http://127.0.0.1:${simulatorPort}`;
  const simulator = startProcess('simulator', {}, [
    '--port',
    String(simulatorPort),
    ...(deduplicates ? ['--deduplicate'] : []),
  ]);
  closers.push('simulator', simulator.stop);
  await untilReady(simulator, `${simulatorUrl}/ledger`);
  const carrier = await startTcpProxy({ host: '127.0.0.1', port: simulatorPort });
  closers.push('carrier', carrier.close);
  const fleet = await startFleet({
    DATABASE_URL: through(postgres.proxy, postgres.directUrl()),
    REDIS_URL: through(redis.proxy, redis.directUrl()),
    SIMULATOR_URL: `http://127.0.0.1:${carrier.port}`,
    SIMULATOR_DEDUPLICATES: String(deduplicates),
  });
  closers.push('fleet', fleet.stop);
  return { postgres, redis, carrier, fleet, simulatorUrl, query: directQuery(postgres.directUrl) };
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
