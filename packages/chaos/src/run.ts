import { setTimeout as sleep } from 'node:timers/promises';
import { createCleanupStack, type CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { waitFor } from '@ardor/runtime/wait-for';
import { killed, newCounters, type Counters } from './counters.js';
import type { Environment, Fault } from './fault.js';
import { startLoad } from './load.js';
import { createSchedule, type Step } from './schedule.js';
import { judge, type Verdict } from './oracle.js';
import { seeded } from './random.js';
import { measureRecovery } from './recovery-time.js';
import { setUp } from './setup.js';

export interface RunOptions {
  /** Kills of processes and servers before the run ends. */
  readonly kills: number;
  readonly seed: number;
  /** The run ends by then even with fewer kills. */
  readonly minutes: number;
  /** Whether the carrier takes each reference only once, and Ardor is told so. */
  readonly deduplicates: boolean;
  readonly sendsPerSecond: number;
  /** Long faults that take their turns between the usual steps. */
  readonly longFaults?: readonly Fault[];
  /** Every so many steps the next of them. */
  readonly longEvery?: number;
  readonly progress: (line: string) => void;
}

export interface RunResult extends Verdict {
  readonly counters: Counters;
  readonly hang503: readonly number[];
  readonly answers: Readonly<Record<string, number>>;
}

/** Long enough to ask the carrier about uncertain messages, and for the demo template's messages to expire. */
const SETTLE_MS = 150_000;
const UNFINISHED = `SELECT count(*) AS n FROM messages WHERE status NOT IN ('delivered', 'error')`;

/** Runs the load and a seeded schedule of faults. Then it stops both, waits until all messages end, and judges. */
export async function run(options: RunOptions): Promise<RunResult> {
  const closers = createCleanupStack();
  try {
    return await runWith(options, closers);
  } finally {
    await closers.closeAll();
  }
}

async function runWith(options: RunOptions, closers: CleanupStack): Promise<RunResult> {
  const { progress, kills, minutes, sendsPerSecond } = options;
  const random = seeded(options.seed);
  const system = await setUp(options, closers);
  const load = startLoad({
    apis: system.fleet.ingress.map(({ url }) => url),
    // A source of its own: how often the load draws depends on the machine, and the schedule must not.
    random: seeded(~options.seed),
    sendsPerSecond,
    queriesPerSecond: sendsPerSecond / 2,
  });
  closers.defer('load', load.stop);
  await waitFor(() => load.acknowledged.length > 0);
  const counters = newCounters();
  const nextOfSchedule = createSchedule(random, options.longFaults ?? [], options.longEvery ?? 1);
  const until = Date.now() + minutes * 60_000;
  while (killed(counters) < kills && Date.now() < until) {
    const step = nextOfSchedule();
    const names = step.faults.map(({ name }) => name).join(', and ');
    progress(`${String(killed(counters)).padStart(4)}/${kills} kills, ${load.acknowledged.length} accepted: ${names}`);
    await take(step, { ...system, load, counters });
  }
  await load.stop();
  progress('no more load and faults');
  const ended = async (): Promise<boolean> => (await system.query<{ n: string }>(UNFINISHED))[0]?.n === '0';
  await waitFor(ended, { withinMs: SETTLE_MS, everyMs: 250 }).catch(() => progress('some messages never ended'));
  const verdict = await judge(system.query, system.simulatorUrl, load);
  return { ...verdict, counters, hang503: load.hang503, answers: Object.fromEntries(load.answers) };
}

async function take({ faults, secondAfterMs, thenPauseMs }: Step, environment: Environment): Promise<void> {
  const [first, second] = faults;
  const { load, counters } = environment;
  if (second) {
    counters.pairs++;
    const later = sleep(secondAfterMs).then(() => second.inject(environment, false));
    await Promise.all([first.inject(environment, false), later]);
    counters.recovery.both.push(await measureRecovery(load));
  } else {
    await first.inject(environment, true);
    if (first.recovers) counters.recovery[first.recovers].push(await measureRecovery(load));
  }
  await sleep(thenPauseMs);
}
