import { createCleanupStack, type CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { waitFor } from '@ardor/runtime/wait-for';
import { newCounters, type Environment, type Counters } from './fault.js';
import { nextStep, type Step } from './next-step.js';
import { startLoad } from './load.js';
import { judge, type Verdict } from './oracle.js';
import { seeded } from './random.js';
import { measureRecovery } from './recovery-time.js';
import { setUp } from './setup.js';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RunOptions {
  /** Kills of processes and servers before the run ends. */
  readonly kills: number;
  readonly seed: number;
  /** It ends by then even with fewer kills. */
  readonly minutes: number;
  /** Whether the carrier takes a reference once only, and Ardor is told so. */
  readonly deduplicates: boolean;
  readonly sendsPerSecond: number;
  readonly progress: (line: string) => void;
}

export interface RunResult extends Verdict {
  readonly counters: Counters;
  readonly hang503: readonly number[];
  readonly answers: Readonly<Record<string, number>>;
}

/** Long enough for what is uncertain to be asked about, and for the demo template's messages to expire. */
const SETTLE_MS = 150_000;

/** Two ingresses and two workers under load, and a seeded schedule of faults; then everything is left in peace and judged. */
export async function run(options: RunOptions): Promise<RunResult> {
  const closers = createCleanupStack();
  try {
    return await runWithin(options, closers);
  } finally {
    await closers.closeAll();
  }
}

async function runWithin(options: RunOptions, closers: CleanupStack): Promise<RunResult> {
  const { progress } = options;
  const random = seeded(options.seed);
  const { query, simulatorUrl, ...stage } = await setUp(options, closers);
  const load = startLoad({
    apis: () => stage.fleet.ingresses.map(({ api }) => api),
    // Of its own: how often the load draws depends on the machine, and the schedule must not.
    random: seeded(~options.seed),
    sendsPerSecond: options.sendsPerSecond,
    queriesPerSecond: options.sendsPerSecond / 2,
  });
  closers.defer('load', load.stop);
  const counters = newCounters();
  await waitFor(() => load.acknowledged.length > 0);
  const until = Date.now() + options.minutes * 60_000;
  while (killed(counters) < options.kills && Date.now() < until) {
    const step = nextStep(random);
    const names = step.faults.map(({ name }) => name).join(', and ');
    progress(
      `${String(killed(counters)).padStart(4)}/${options.kills} kills, ${load.acknowledged.length} accepted: ${names}`,
    );
    await take(step, { ...stage, load, query, counters });
  }
  await load.stop();
  progress('left in peace');
  const ended = async (): Promise<boolean> => (await query<{ n: string }>(OPEN))[0]?.n === '0';
  await waitFor(ended, { withinMs: SETTLE_MS, everyMs: 250 }).catch(() => progress('some messages never ended'));
  const verdict = await judge(query, simulatorUrl, load);
  return { ...verdict, counters, hang503: load.hang503, answers: Object.fromEntries(load.answers) };
}

async function take({ faults, secondAfterMs, thenPauseMs }: Step, environment: Environment): Promise<void> {
  const [first, second] = faults;
  const { load, counters } = environment;
  if (second) {
    counters.pairs++;
    await Promise.all([
      first.inject(environment, false),
      sleep(secondAfterMs).then(() => second.inject(environment, false)),
    ]);
    counters.resume.both.push(await measureRecovery(load));
  } else {
    await first.inject(environment, true);
    if (first.resumes) counters.resume[first.resumes].push(await measureRecovery(load));
  }
  await sleep(thenPauseMs);
}

const OPEN = `SELECT count(*) AS n FROM messages WHERE status NOT IN ('delivered', 'error')`;
const killed = ({ kills }: Counters): number => Object.values(kills).reduce((sum, count) => sum + count, 0);
