import type { Accident } from './accident.js';
import { pause } from './pause.js';

/** Accidents of the servers that all share, and of the way to them. */
export const wipeRedis = (): Accident => ({
  name: 'wipe Redis',
  victim: 'redis',
  happen: async ({ redis, tally }) => {
    tally.kills.redis++;
    await redis.wipe();
  },
  resumes: 'redis',
});

export const restart = (name: 'redis' | 'postgres'): Accident => ({
  name: `restart ${name}`,
  victim: name,
  happen: async ({ tally, ...field }) => {
    tally.kills[name]++;
    await field[name].restart();
  },
  resumes: name,
});

/** What a power cut does to an append-only file that is synced once a second, and a failover to a replica that is behind. */
export const rewindRedis = (ms: number): Accident => ({
  name: `bring Redis back as it was ${Math.round(ms)} ms ago`,
  victim: 'redis',
  happen: async ({ redis, tally }) => {
    tally.kills.redis++;
    await redis.rewind(ms);
  },
  resumes: 'redis',
});

/** Connections stay open and nothing comes: requests must be answered all the same. */
export const hang = (name: 'redis' | 'postgres', ms: number): Accident => ({
  name: `hang ${name} for ${Math.round(ms)} ms`,
  victim: name,
  happen: async ({ load, ...field }, alone) => {
    const { proxy } = field[name];
    proxy.hang(true);
    load.markHang(alone);
    await pause(ms);
    load.markHang(false);
    proxy.hang(false);
  },
  resumes: name,
});

export const cut = (name: 'redis' | 'postgres' | 'carrier'): Accident => ({
  name: `cut ${name}`,
  victim: name,
  happen: (field) => {
    (name === 'carrier' ? field.carrier : field[name].proxy).cut();
    return Promise.resolve();
  },
});
