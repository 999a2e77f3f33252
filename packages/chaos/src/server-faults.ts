import type { Fault } from './fault.js';
import { setTimeout as sleep } from 'node:timers/promises';

/** Faults of the servers that all share, and of the way to them. */
export const wipeRedis = (): Fault => ({
  name: 'wipe Redis',
  victim: 'redis',
  inject: async ({ redis, counters }) => {
    counters.kills.redis++;
    await redis.wipe();
  },
  resumes: 'redis',
});

export const restart = (name: 'redis' | 'postgres'): Fault => ({
  name: `restart ${name}`,
  victim: name,
  inject: async ({ counters, ...environment }) => {
    counters.kills[name]++;
    await environment[name].restart();
  },
  resumes: name,
});

/** What a power cut does to an append-only file that is synced once a second, and a failover to a replica that is behind. */
export const rewindRedis = (ms: number): Fault => ({
  name: `bring Redis back as it was ${Math.round(ms)} ms ago`,
  victim: 'redis',
  inject: async ({ redis, counters }) => {
    counters.kills.redis++;
    await redis.rewind(ms);
  },
  resumes: 'redis',
});

/** Connections stay open and nothing comes: requests must be answered all the same. */
export const hang = (name: 'redis' | 'postgres', ms: number): Fault => ({
  name: `hang ${name} for ${Math.round(ms)} ms`,
  victim: name,
  inject: async ({ load, ...environment }, alone) => {
    const { proxy } = environment[name];
    proxy.hang(true);
    load.markHang(alone);
    await sleep(ms);
    load.markHang(false);
    proxy.hang(false);
  },
  resumes: name,
});

export const cut = (name: 'redis' | 'postgres' | 'carrier'): Fault => ({
  name: `cut ${name}`,
  victim: name,
  inject: (environment) => {
    (name === 'carrier' ? environment.carrier : environment[name].proxy).cut();
    return Promise.resolve();
  },
});
