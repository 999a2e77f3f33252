import type { Accident, Field } from './accident.js';
import { takenOver } from './taken-over.js';
import { pause } from './pause.js';

/** Kills and freezes of our own processes. */
export const killIngress = (index: number): Accident => ({
  name: `kill ingress ${index}`,
  victim: `ingress ${index}`,
  happen: async ({ fleet, tally }) => {
    tally.kills.ingress++;
    await fleet.ingresses[index]?.kill();
  },
});

/** Takeover: from the death of a worker until nothing is held by it any more; measured where it held something. */
export const killWorker = (index: number): Accident => ({
  name: `kill worker ${index}`,
  victim: `worker ${index}`,
  happen: async (field, alone) => {
    const { fleet, tally } = field;
    tally.kills.worker++;
    const restarted = fleet.workers[index]?.kill();
    if (alone) await takenOver(field, tally.takeover);
    await restarted;
  },
});

export const freeze = (kind: 'ingress' | 'worker', index: number, ms: number): Accident => ({
  name: `freeze ${kind} ${index} for ${Math.round(ms)} ms`,
  victim: `${kind} ${index}`,
  happen: async ({ fleet }) => {
    const child = memberOf(fleet, kind, index)?.process().child;
    child?.kill('SIGSTOP');
    await pause(ms);
    child?.kill('SIGCONT');
  },
});

export const memberOf = (fleet: Field['fleet'], kind: 'ingress' | 'worker', index: number) =>
  (kind === 'ingress' ? fleet.ingresses : fleet.workers)[index];
