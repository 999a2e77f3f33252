import type { Fault, Environment } from './fault.js';
import type { Member } from './fleet.js';
import { measureTakeover } from './takeover-time.js';
import { setTimeout as sleep } from 'node:timers/promises';

/** Kills and freezes of our own processes. */
export const killIngress = (index: number): Fault => ({
  name: `kill ingress ${index}`,
  victim: `ingress ${index}`,
  inject: async ({ fleet, counters }) => {
    counters.kills.ingress++;
    await fleet.ingresses[index]?.kill();
  },
});

/** Takeover: from the death of a worker until nothing is held by it any more; measured where it held something. */
export const killWorker = (index: number): Fault => ({
  name: `kill worker ${index}`,
  victim: `worker ${index}`,
  inject: async (environment, alone) => {
    const { fleet, counters } = environment;
    counters.kills.worker++;
    const restarted = fleet.workers[index]?.kill();
    if (alone) await measureTakeover(environment, counters.takeover);
    await restarted;
  },
});

export const freeze = (kind: 'ingress' | 'worker', index: number, ms: number): Fault => ({
  name: `freeze ${kind} ${index} for ${Math.round(ms)} ms`,
  victim: `${kind} ${index}`,
  inject: async ({ fleet }) => {
    const child = memberOf(fleet, kind, index)?.process();
    child?.kill('SIGSTOP');
    await sleep(ms);
    child?.kill('SIGCONT');
  },
});

export const memberOf = (fleet: Environment['fleet'], kind: Member['name'], index: number): Member | undefined =>
  (kind === 'ingress' ? fleet.ingresses : fleet.workers)[index];
