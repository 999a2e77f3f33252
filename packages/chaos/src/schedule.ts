import type { Fault } from './fault.js';
import { COPIES, type Store } from './fleet.js';
import { cutMemberOff, hangMember, type Isolation } from './isolation-faults.js';
import { freeze, killIngress, killWorker } from './process-faults.js';
import { pick } from './random.js';
import { cut, hang, restart, rewindRedis, wipeRedis } from './server-faults.js';

/** One fault, or two of which the second begins while the first goes on. */
export interface Step {
  readonly faults: readonly [Fault] | readonly [Fault, Fault];
  readonly secondAfterMs: number;
  readonly thenPauseMs: number;
}

type Random = () => number;
type Draw = (random: Random) => Fault;

const between = (random: Random, low: number, high: number): number => low + random() * (high - low);
const anyIndex = (random: Random): number => Math.floor(random() * COPIES);
const anyStore = (random: Random): Store =>
  pick(random, [
    [3, 'postgres'],
    [1, 'redis'],
  ]);
const anyIsolation = (random: Random, kind: Isolation['kind']): Isolation => ({
  kind,
  index: anyIndex(random),
  store: anyStore(random),
  ms: between(random, 1_000, 7_000),
});

/** All kinds of faults, and how often each is drawn. */
const KINDS: readonly (readonly [weight: number, draw: Draw])[] = [
  [6, (random) => killIngress(anyIndex(random))],
  [8, (random) => killWorker(anyIndex(random))],
  [2, (random) => freeze('worker', anyIndex(random), between(random, 1_000, 8_000))],
  [2, (random) => freeze('ingress', anyIndex(random), between(random, 500, 2_500))],
  [2, wipeRedis],
  [2, () => restart('redis')],
  [2, (random) => rewindRedis(between(random, 500, 1_500))],
  [1, (random) => hang('redis', between(random, 1_000, 3_000))],
  [2, () => restart('postgres')],
  [1, (random) => hang('postgres', between(random, 1_000, 3_000))],
  [1, () => cut('redis')],
  [1, () => cut('postgres')],
  [1, () => cut('carrier')],
  [2, (random) => hangMember(anyIsolation(random, 'worker'))],
  [1, (random) => hangMember(anyIsolation(random, 'ingress'))],
  [1, (random) => cutMemberOff(anyIsolation(random, 'worker'))],
  [1, (random) => cutMemberOff(anyIsolation(random, 'ingress'))],
];

/** Returns a function that draws the next step. Of `longEvery` steps the first is a long fault; they take turns, in their order. */
export function createSchedule(random: Random, longFaults: readonly Fault[], longEvery: number): () => Step {
  let steps = 0;
  return () => {
    const turn = steps++;
    const long = longFaults[(turn / longEvery) % longFaults.length];
    return long ? { faults: [long], secondAfterMs: 0, thenPauseMs: 500 } : nextStep(random);
  };
}

/** The share of steps with two faults. */
const PAIRED = 0.2;
/** The second fault begins within this time, which most faults outlast. */
const SECOND_WITHIN_MS = 1_000;

function nextStep(random: Random): Step {
  const first = nextFault(random);
  const paired = random() < PAIRED;
  const times = { secondAfterMs: random() * SECOND_WITHIN_MS, thenPauseMs: between(random, 100, 500) };
  if (!paired) return { faults: [first], ...times };
  let second = nextFault(random);
  while (second.target === first.target) second = nextFault(random);
  return { faults: [first, second], ...times };
}

const nextFault: Draw = (random) => pick(random, KINDS)(random);
