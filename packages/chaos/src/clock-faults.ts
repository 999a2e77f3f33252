import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeServer, listen } from '@ardor/runtime/process/listen';
import { clockOff } from './faketime.js';
import type { Fault } from './fault.js';
import { memberOf } from './fleet.js';

/** Long enough for sends, deferrals and their retries by the wrong clock. */
const WRONG_FOR_MS = 10_000;
/** The carrier refuses for this long, so that a worker with a wrong clock defers messages. */
const CARRIER_REFUSES_MS = 3_000;

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

/** A worker whose clock is ahead defers messages, because the carrier answers 503, and dies: it added their delayed jobs by its clock. */
export const runClockAhead = (index: number, seconds: number): Fault => ({
  name: `worker ${index} with its clock ${seconds} s ahead, and a carrier that refuses`,
  target: `worker ${index}`,
  inject: async ({ fleet, carrier, simulatorUrl, counters }) => {
    const member = memberOf(fleet, 'worker', index);
    await member.kill({ env: await clockOff(seconds) });
    await sleep(WRONG_FOR_MS);
    const refusing = createServer((_, response) => response.writeHead(503).end());
    carrier.retarget({ host: '127.0.0.1', port: await listen(refusing, 0, '127.0.0.1') });
    carrier.cut();
    await sleep(CARRIER_REFUSES_MS);
    await member.kill();
    carrier.retarget({ host: '127.0.0.1', port: Number(new URL(simulatorUrl).port) });
    carrier.cut();
    await closeServer(refusing);
    counters.kills.worker += 2;
  },
});
