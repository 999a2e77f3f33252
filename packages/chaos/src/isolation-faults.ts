import type { Fault, Environment } from './fault.js';
import { memberOf } from './process-faults.js';
import { measureTakeover } from './takeover-time.js';
import { setTimeout as sleep } from 'node:timers/promises';

type Kind = 'ingress' | 'worker';
type Server = 'postgres' | 'redis';

/** One member's connections to a server stay open and nothing comes. The other member has no such trouble and goes on. */
export const hangMember = (kind: Kind, index: number, server: Server, ms: number): Fault => ({
  name: `hang ${server} for ${kind} ${index} alone, for ${Math.round(ms)} ms`,
  victim: `${kind} ${index}`,
  inject: async (environment, alone) => {
    const proxy = memberOf(environment.fleet, kind, index)?.proxies[server];
    proxy?.hang(true);
    await apart(environment, { kind, server, ms, alone });
    proxy?.hang(false);
  },
});

/** As above, but its connections break, and new ones are refused at once. */
export const cutMemberOff = (kind: Kind, index: number, server: Server, ms: number): Fault => ({
  name: `cut ${kind} ${index} alone off from ${server}, for ${Math.round(ms)} ms`,
  victim: `${kind} ${index}`,
  inject: async (environment, alone) => {
    const proxy = memberOf(environment.fleet, kind, index)?.proxies[server];
    proxy?.refuse(true);
    await apart(environment, { kind, server, ms, alone });
    proxy?.refuse(false);
  },
});

interface Apart {
  readonly kind: Kind;
  readonly server: Server;
  readonly ms: number;
  readonly alone: boolean;
}

/** A worker's lease, and a round of recovery: it is taken over within this. */
const TAKEN_OVER_MS = 5_500;

/** Waits, and measures what the others do meanwhile; what they do after what they shared was lost is another's matter. */
async function apart(environment: Environment, { kind, server, ms, alone }: Apart): Promise<void> {
  const { counters } = environment;
  const from = Date.now();
  const over = sleep(ms);
  if (alone && kind === 'worker' && server === 'postgres' && ms > TAKEN_OVER_MS)
    await measureTakeover(environment, counters.cutOffTakeover);
  await over;
  if (!alone) return;
  const until = Date.now();
  const moments = kind === 'ingress' ? acknowledgedAt(environment) : await sentAt(environment, from);
  const within = moments.filter((moment) => moment > from && moment < until);
  if (within.length === 0) counters.standstills++;
  const steps = [from, ...within, until];
  counters.othersPaused.push(Math.max(...steps.slice(1).map((moment, index) => moment - (steps[index] ?? moment))));
}

const acknowledgedAt = ({ load }: Environment): number[] => load.acknowledged.map(({ answeredAt }) => answeredAt);

/** The database's clock is this machine's. */
const sentAt = async ({ query }: Environment, from: number): Promise<number[]> =>
  (
    await query<{ ms: number }>(
      `SELECT (extract(epoch FROM sent_at) * 1000)::float8 AS ms FROM messages
       WHERE sent_at > to_timestamp($1::float8 / 1000) ORDER BY sent_at`,
      [from],
    )
  ).map(({ ms }) => ms);
