import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis } from '@ardor/devstack/redis';
import { TOOLS } from '@ardor/testkit/paths';
import type { Fault } from './fault.js';
import { memberOf } from './fleet.js';

const DISAGREE_MS = 20_000;
const INGRESS = 1;

/** One ingress keeps its slots in another Redis than the others. */
export const useOtherRedis = (): Fault => ({
  name: 'an ingress with another Redis for its slots',
  target: `ingress ${INGRESS}`,
  inject: async ({ fleet, counters }) => {
    const folder = await mkdtemp(join(tmpdir(), 'ardor-other-redis-'));
    const other = await startRedis({ dataDir: folder, persist: false, cacheDir: TOOLS });
    const member = memberOf(fleet, 'ingress', INGRESS);
    await member.kill({ env: { LIMITER_REDIS_URL: other.url } });
    await sleep(DISAGREE_MS);
    await member.kill();
    counters.kills.ingress += 2;
    await other.remove();
    await rm(folder, { recursive: true, force: true });
  },
});

/** One ingress is of another version: `checkout` is the folder of its built code. */
export const runOtherVersion = (checkout: string): Fault => ({
  name: 'an ingress of another version',
  target: `ingress ${INGRESS}`,
  inject: async ({ fleet, counters }) => {
    const member = memberOf(fleet, 'ingress', INGRESS);
    await member.kill({ checkout });
    await sleep(DISAGREE_MS);
    await member.kill();
    counters.kills.ingress += 2;
  },
});
