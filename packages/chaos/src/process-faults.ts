import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault.js';
import { type Kind, memberOf } from './fleet.js';
import { measureTakeover } from './takeover-time.js';

/** Faults of our own processes. */
export const killIngress = (index: number): Fault => ({
  name: `kill ingress ${index}`,
  target: `ingress ${index}`,
  inject: async ({ fleet, counters }) => {
    counters.kills.ingress++;
    await memberOf(fleet, 'ingress', index).kill();
  },
});

export const killWorker = (index: number): Fault => ({
  name: `kill worker ${index}`,
  target: `worker ${index}`,
  inject: async ({ fleet, query, counters }, alone) => {
    counters.kills.worker++;
    const restarted = memberOf(fleet, 'worker', index).kill();
    if (alone) await measureTakeover(query, counters.takeover);
    await restarted;
  },
});

export const freeze = (kind: Kind, index: number, ms: number): Fault => ({
  name: `freeze ${kind} ${index} for ${Math.round(ms)} ms`,
  target: `${kind} ${index}`,
  inject: async ({ fleet }) => {
    const member = memberOf(fleet, kind, index);
    member.signal('SIGSTOP');
    await sleep(ms);
    member.signal('SIGCONT');
  },
});
