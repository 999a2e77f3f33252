import { eventually } from '../eventually.js';
import type { Fleet, Member } from './fleet.js';
import type { Load } from './load.js';
import type { Query } from './oracle.js';
import { pick } from './random.js';
import type { Victim } from './servers.js';
import type { TcpProxy } from '../tcp-proxy.js';

export interface Field {
  readonly fleet: Fleet;
  readonly redis: Victim & { readonly wipe: () => Promise<void> };
  readonly postgres: Victim;
  readonly carrier: TcpProxy;
  readonly load: Load;
  readonly query: Query;
  readonly random: () => number;
  readonly tally: Tally;
}

/** What a run has done and measured so far; times in milliseconds. */
export interface Tally {
  readonly kills: { ingress: number; worker: number; redis: number; postgres: number };
  readonly takeover: number[];
  readonly resume: { redis: number[]; postgres: number[] };
}

type Event = (field: Field) => Promise<void>;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const one = <T>(random: () => number, all: readonly T[]): T =>
  pick(
    random,
    all.map((item) => [1, item] as const),
  );

/** What can happen, and how often. */
const EVENTS: readonly (readonly [number, string, Event])[] = [
  [6, 'kill an ingress', killIngress],
  [8, 'kill a worker', killWorker],
  [2, 'freeze a worker', (field) => freeze(one(field.random, field.fleet.workers), 1_000 + field.random() * 7_000)],
  [2, 'freeze an ingress', (field) => freeze(one(field.random, field.fleet.ingresses), 500 + field.random() * 2_000)],
  [2, 'wipe Redis', wipeRedis],
  [2, 'restart Redis', restartRedis],
  [1, 'hang Redis', (field) => hang(field, 'redis')],
  [2, 'restart Postgres', restartPostgres],
  [1, 'hang Postgres', (field) => hang(field, 'postgres')],
  [1, 'cut Redis', ({ redis }) => cut(redis.proxy)],
  [1, 'cut Postgres', ({ postgres }) => cut(postgres.proxy)],
  [1, 'cut the carrier', ({ carrier }) => cut(carrier)],
];

function cut(proxy: TcpProxy): Promise<void> {
  proxy.cut();
  return Promise.resolve();
}

export const drawEvent = (random: () => number): { name: string; run: Event } => {
  const [, name, run] = pick(
    random,
    EVENTS.map((event) => [event[0], event] as const),
  );
  return { name, run };
};

async function killIngress({ fleet, random, tally }: Field): Promise<void> {
  tally.kills.ingress++;
  await one(random, fleet.ingresses).kill();
}

/** Takeover: from the death of a worker until nothing is held by it any more; measured where it held something. */
async function killWorker({ fleet, random, tally, query }: Field): Promise<void> {
  tally.kills.worker++;
  const diedAt = performance.now();
  const restarted = one(random, fleet.workers).kill();
  const dead = await silentSince(query);
  const left = async (): Promise<object[]> =>
    query(`SELECT 1 FROM messages WHERE status = 'sending' AND worker = ANY($1) LIMIT 1`, [dead]);
  if ((await left()).length > 0) {
    await patiently(async () => (await left()).length === 0);
    tally.takeover.push(performance.now() - diedAt);
  }
  await restarted;
}

/** Workers beat once a second: who has not done so for longer is dead, or frozen. */
const SILENCE_MS = 1_600;

async function silentSince(query: Query): Promise<string[]> {
  const beats = async (): Promise<Map<string, string>> =>
    new Map(
      (await query<{ id: string; beat: string }>('SELECT id, alive_until::text AS beat FROM workers')).map(
        ({ id, beat }) => [id, beat],
      ),
    );
  const before = await beats();
  await pause(SILENCE_MS);
  const after = await beats();
  return [...before].filter(([id, beat]) => after.get(id) === beat).map(([id]) => id);
}

async function freeze(member: Member, ms: number): Promise<void> {
  const { child } = member.process();
  child.kill('SIGSTOP');
  await pause(ms);
  child.kill('SIGCONT');
}

/** From now until the next send is acknowledged. */
async function resumed(load: Load): Promise<number> {
  const backAt = performance.now();
  const before = load.acknowledged.length;
  await patiently(() => load.acknowledged.length > before);
  return performance.now() - backAt;
}

const PATIENCE_MS = 60_000;

/** Waits for what may never come: then the time that is measured says so, and the run goes on to its verdict. */
const patiently = (probe: () => Promise<boolean> | boolean): Promise<unknown> =>
  eventually(probe, PATIENCE_MS, 10).catch(() => undefined);

async function wipeRedis({ redis, load, tally }: Field): Promise<void> {
  tally.kills.redis++;
  await redis.wipe();
  tally.resume.redis.push(await resumed(load));
}

async function restartRedis({ redis, load, tally }: Field): Promise<void> {
  tally.kills.redis++;
  await redis.restart();
  tally.resume.redis.push(await resumed(load));
}

async function restartPostgres({ postgres, load, tally }: Field): Promise<void> {
  tally.kills.postgres++;
  await postgres.restart();
  tally.resume.postgres.push(await resumed(load));
}

/** Connections stay open and nothing comes: requests must be answered all the same. */
async function hang({ load, random, tally, ...field }: Field, name: 'redis' | 'postgres'): Promise<void> {
  const { proxy } = field[name];
  proxy.hang(true);
  load.markHang(true);
  await pause(1_000 + random() * 2_000);
  load.markHang(false);
  proxy.hang(false);
  tally.resume[name].push(await resumed(load));
}
