import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault.js';
import type { Store } from './fleet.js';

/** Faults of the servers that all members share, and of the network to them. */
export const wipeRedis = (): Fault => ({
  name: 'wipe Redis',
  target: 'redis',
  inject: async ({ redis, counters }) => {
    counters.kills.redis++;
    await redis.wipe();
  },
  recovers: 'redis',
});

export const restart = (store: Store): Fault => ({
  name: `restart ${store}`,
  target: store,
  inject: async ({ counters, ...environment }) => {
    counters.kills[store]++;
    await environment[store].restart();
  },
  recovers: store,
});

/** The effect of a power cut on a log that is synced once a second, or of a failover to a replica that lags. */
export const rewindRedis = (ms: number): Fault => ({
  name: `rewind Redis by ${Math.round(ms)} ms`,
  target: 'redis',
  inject: async ({ redis, counters }) => {
    counters.kills.redis++;
    await redis.rewind(ms);
  },
  recovers: 'redis',
});

/** Connections stay open and nothing passes. Requests must get a response all the same. */
export const hang = (store: Store, ms: number): Fault => ({
  name: `hang ${store} for ${Math.round(ms)} ms`,
  target: store,
  inject: async ({ load, ...environment }, alone) => {
    const { proxy } = environment[store];
    proxy.hang(true);
    load.markHang(alone);
    await sleep(ms);
    load.markHang(false);
    proxy.hang(false);
  },
  recovers: store,
});

export const cut = (name: Store | 'carrier'): Fault => ({
  name: `cut the connections to ${name}`,
  target: name,
  inject: (environment) => {
    (name === 'carrier' ? environment.carrier : environment[name].proxy).cut();
    return Promise.resolve();
  },
});
