import type { Fault } from './fault.js';
import { cutMemberOff, hangMember } from './isolation-faults.js';
import { cut, hang, restart, rewindRedis, wipeRedis } from './server-faults.js';
import { freeze, killIngress, killWorker } from './process-faults.js';
import { COPIES } from './fleet.js';
import { pick } from './random.js';

/** What is injected next: one fault, or two of which the second begins while the first goes on. */
export interface Step {
  readonly faults: readonly [Fault] | readonly [Fault, Fault];
  readonly secondAfterMs: number;
  readonly thenPauseMs: number;
}

type Random = () => number;
type Draw = (random: Random) => Fault;

const between = (random: Random, low: number, high: number): number => low + random() * (high - low);
const oneOf = (random: Random): number => Math.floor(random() * COPIES);
const server = (random: Random): 'postgres' | 'redis' =>
  pick(random, [
    [3, 'postgres'],
    [1, 'redis'],
  ]);

/** What can inject, and how often. */
const KINDS: readonly (readonly [weight: number, draw: Draw])[] = [
  [6, (random) => killIngress(oneOf(random))],
  [8, (random) => killWorker(oneOf(random))],
  [2, (random) => freeze('worker', oneOf(random), between(random, 1_000, 8_000))],
  [2, (random) => freeze('ingress', oneOf(random), between(random, 500, 2_500))],
  [2, wipeRedis],
  [2, () => restart('redis')],
  [2, (random) => rewindRedis(between(random, 500, 1_500))],
  [1, (random) => hang('redis', between(random, 1_000, 3_000))],
  [2, () => restart('postgres')],
  [1, (random) => hang('postgres', between(random, 1_000, 3_000))],
  [1, () => cut('redis')],
  [1, () => cut('postgres')],
  [1, () => cut('carrier')],
  [2, (random) => hangMember('worker', oneOf(random), server(random), between(random, 1_000, 7_000))],
  [1, (random) => hangMember('ingress', oneOf(random), server(random), between(random, 1_000, 7_000))],
  [1, (random) => cutMemberOff('worker', oneOf(random), server(random), between(random, 1_000, 7_000))],
  [1, (random) => cutMemberOff('ingress', oneOf(random), server(random), between(random, 1_000, 7_000))],
];

/** How many of the steps are two faults at once. */
const PAIRED = 0.2;
/** Within this the second begins: most faults last longer. */
const SECOND_WITHIN_MS = 1_000;

export function nextStep(random: Random): Step {
  const first = drawFault(random);
  const paired = random() < PAIRED;
  const times = { secondAfterMs: random() * SECOND_WITHIN_MS, thenPauseMs: between(random, 100, 500) };
  if (!paired) return { faults: [first], ...times };
  let second = drawFault(random);
  while (second.victim === first.victim) second = drawFault(random);
  return { faults: [first, second], ...times };
}

const drawFault: Draw = (random) => pick(random, KINDS)(random);
