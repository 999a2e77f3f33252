import { setTimeout as sleep } from 'node:timers/promises';
import type { TcpProxy } from '@ardor/testkit/tcp-proxy';
import type { Environment, Fault } from './fault.js';
import { type Kind, memberOf, type Store } from './fleet.js';
import { measureTakeover } from './takeover-time.js';

/** One member and one store, for a time. The other members still reach the store. */
export interface Isolation {
  readonly kind: Kind;
  readonly index: number;
  readonly store: Store;
  readonly ms: number;
}

/** The member's connections to the store stay open and nothing passes. */
export const hangMember = (isolation: Isolation): Fault =>
  isolate('hang', isolation, (proxy, isolated) => proxy.hang(isolated));

/** The member's connections to the store break, and new ones are refused at once. */
export const cutMemberOff = (isolation: Isolation): Fault =>
  isolate('cut off', isolation, (proxy, isolated) => proxy.refuse(isolated));

function isolate(what: string, isolation: Isolation, set: (proxy: TcpProxy, isolated: boolean) => void): Fault {
  const { kind, index, store, ms } = isolation;
  return {
    name: `${what} ${kind} ${index} alone from ${store} for ${Math.round(ms)} ms`,
    target: `${kind} ${index}`,
    inject: async (environment, alone) => {
      const proxy = memberOf(environment.fleet, kind, index).proxies[store];
      set(proxy, true);
      await (alone ? measure(isolation, environment) : sleep(ms));
      set(proxy, false);
    },
  };
}

/** A worker's lease and a round of recovery: within this time another worker releases its claims. */
const TAKEN_OVER_MS = 5_500;

/** Waits, and measures how long the other members paused meanwhile. */
async function measure({ kind, store, ms }: Isolation, environment: Environment): Promise<void> {
  const { counters, query } = environment;
  const from = Date.now();
  const over = sleep(ms);
  if (kind === 'worker' && store === 'postgres' && ms > TAKEN_OVER_MS)
    await measureTakeover(query, counters.isolatedTakeover);
  await over;
  const until = Date.now();
  const times = kind === 'ingress' ? acknowledgedAt(environment) : await sentAt(environment, from);
  const within = times.filter((time) => time > from && time < until);
  if (within.length === 0) counters.standstills++;
  const steps = [from, ...within, until];
  counters.othersPaused.push(Math.max(...steps.slice(1).map((time, index) => time - (steps[index] ?? time))));
}

const acknowledgedAt = ({ load }: Environment): number[] => load.acknowledged.map(({ answeredAt }) => answeredAt);

/** The clock of the database is that of this machine. */
async function sentAt({ query }: Environment, from: number): Promise<number[]> {
  const rows = await query<{ ms: number }>(
    `SELECT (extract(epoch FROM sent_at) * 1000)::float8 AS ms FROM messages
     WHERE sent_at > to_timestamp($1::float8 / 1000) ORDER BY sent_at`,
    [from],
  );
  return rows.map(({ ms }) => ms);
}
