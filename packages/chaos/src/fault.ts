import type { TcpProxy } from '@ardor/testkit/tcp-proxy';
import type { Counters } from './counters.js';
import type { Fleet } from './fleet.js';
import type { Load } from './load.js';
import type { Query } from './query.js';
import type { FaultyRedis, FaultyStore } from './stores.js';

/** The running system, as faults see it. */
export interface Environment {
  readonly fleet: Fleet;
  readonly redis: FaultyRedis;
  readonly postgres: FaultyStore;
  readonly carrier: TcpProxy;
  readonly simulatorUrl: string;
  readonly load: Load;
  readonly query: Query;
  readonly counters: Counters;
}

/** All random values are drawn when the fault is created, so that a seed gives one schedule on any machine. */
export interface Fault {
  readonly name: string;
  /** Two faults of one target never overlap. */
  readonly target: string;
  /** Resolves when the fault is over. `alone`: no other fault overlaps, so that times may be measured. */
  readonly inject: (environment: Environment, alone: boolean) => Promise<void>;
  /** The store whose recovery time is measured: until the next acknowledged send. */
  readonly recovers?: 'redis' | 'postgres';
}
