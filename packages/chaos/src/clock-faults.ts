import { setTimeout as sleep } from 'node:timers/promises';
import { clockOff } from './faketime.js';
import type { Fault } from './fault.js';
import { memberOf } from './fleet.js';

/** Long enough for sends, deferrals and their retries by the wrong clock. */
const WRONG_FOR_MS = 10_000;
/** The carrier is away for this long, so that a worker with a wrong clock defers messages. */
const CARRIER_AWAY_MS = 3_000;

/** An ingress whose clock is behind, and then a wiped Redis: slots are restored from rows with ids of that ingress. */
export const runClockBehind = (index: number, seconds: number): Fault => ({
  name: `ingress ${index} with its clock ${seconds} s behind, and a wiped Redis`,
  target: `ingress ${index}`,
  inject: async ({ fleet, redis, counters }) => {
    const member = memberOf(fleet, 'ingress', index);
    await member.kill({ env: await clockOff(-seconds) });
    await sleep(WRONG_FOR_MS);
    counters.kills.redis++;
    await redis.wipe();
    await sleep(WRONG_FOR_MS);
    await member.kill();
    counters.kills.ingress += 2;
  },
});

/** A worker whose clock is ahead defers messages and dies: their delayed jobs were added by its clock. */
export const runClockAhead = (index: number, seconds: number): Fault => ({
  name: `worker ${index} with its clock ${seconds} s ahead, and a carrier that is away`,
  target: `worker ${index}`,
  inject: async ({ fleet, carrier, counters }) => {
    const member = memberOf(fleet, 'worker', index);
    await member.kill({ env: await clockOff(seconds) });
    await sleep(WRONG_FOR_MS);
    carrier.refuse(true);
    await sleep(CARRIER_AWAY_MS);
    await member.kill();
    carrier.refuse(false);
    counters.kills.worker += 2;
  },
});
