import type { TcpProxy } from '@ardor/testkit/tcp-proxy';
import type { Fleet } from './fleet.js';
import type { Load } from './load.js';
import type { Query } from './query.js';
import type { RedisVictim, Victim } from './servers.js';

/** The running system, as faults see it. */
export interface Environment {
  readonly fleet: Fleet;
  readonly redis: RedisVictim;
  readonly postgres: Victim;
  readonly carrier: TcpProxy;
  readonly load: Load;
  readonly query: Query;
  readonly counters: Counters;
}

/** What a run has done and measured so far; times in milliseconds, of faults that happened alone but for `both`. */
export interface Counters {
  readonly kills: { ingress: number; worker: number; redis: number; postgres: number };
  /** Faults of which two went on at once. */
  pairs: number;
  readonly takeover: number[];
  /** As `takeover`, of workers that lived and could not reach Postgres. */
  readonly cutOffTakeover: number[];
  readonly resume: { redis: number[]; postgres: number[]; both: number[] };
  /** The longest time in which nothing went on while one member was cut off from a server and the other was not. */
  readonly othersPaused: number[];
  /** How often nothing at all went on meanwhile. */
  standstills: number;
}

/** All that chance has to say is said when it is drawn, so that a seed gives one schedule whatever the machine does. */
export interface Fault {
  readonly name: string;
  /** Two of one victim never go on at once. */
  readonly victim: string;
  /** Resolves when the damage is over. `alone`: nothing else goes wrong meanwhile, so that times may be measured. */
  readonly inject: (environment: Environment, alone: boolean) => Promise<void>;
  /** Under which name the time until the next acknowledged send is measured. */
  readonly resumes?: 'redis' | 'postgres';
}

export const newCounters = (): Counters => ({
  kills: { ingress: 0, worker: 0, redis: 0, postgres: 0 },
  pairs: 0,
  takeover: [],
  cutOffTakeover: [],
  resume: { redis: [], postgres: [], both: [] },
  othersPaused: [],
  standstills: 0,
});
