import { createClosers, type Closers } from '@ardor/runtime/closers';
import { eventually } from '../eventually.js';
import { newTally, type Field, type Tally } from './accident.js';
import { drawStep, type Step } from './draw-step.js';
import { startLoad } from './load.js';
import { judge, type Verdict } from './oracle.js';
import { seeded } from './random.js';
import { resumed } from './resumed.js';
import { setStage } from './set-stage.js';
import { pause } from './pause.js';

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
  readonly tally: Tally;
  readonly hang503: readonly number[];
  readonly answers: Readonly<Record<string, number>>;
}

/** Long enough for what is uncertain to be asked about, and for the demo template's messages to expire. */
const SETTLE_MS = 150_000;

/** Two ingresses and two workers under load, and a seeded schedule of accidents; then everything is left in peace and judged. */
export async function run(options: RunOptions): Promise<RunResult> {
  const closers = createClosers();
  try {
    return await runWithin(options, closers);
  } finally {
    await closers.closeAll();
  }
}

async function runWithin(options: RunOptions, closers: Closers): Promise<RunResult> {
  const { progress } = options;
  const random = seeded(options.seed);
  const { query, simulatorUrl, ...stage } = await setStage(options, closers);
  const load = startLoad({
    apis: () => stage.fleet.ingresses.map(({ api }) => api),
    // Of its own: how often the load draws depends on the machine, and the schedule must not.
    random: seeded(~options.seed),
    sendsPerSecond: options.sendsPerSecond,
    queriesPerSecond: options.sendsPerSecond / 2,
  });
  closers.push('load', load.stop);
  const tally = newTally();
  await eventually(() => load.acknowledged.length > 0);
  const until = Date.now() + options.minutes * 60_000;
  while (killed(tally) < options.kills && Date.now() < until) {
    const step = drawStep(random);
    const names = step.accidents.map(({ name }) => name).join(', and ');
    progress(
      `${String(killed(tally)).padStart(4)}/${options.kills} kills, ${load.acknowledged.length} accepted: ${names}`,
    );
    await take(step, { ...stage, load, query, tally });
  }
  await load.stop();
  progress('left in peace');
  const ended = async (): Promise<boolean> => (await query<{ n: string }>(OPEN))[0]?.n === '0';
  await eventually(ended, SETTLE_MS, 250).catch(() => progress('some messages never ended'));
  const verdict = await judge(query, simulatorUrl, load);
  return { ...verdict, tally, hang503: load.hang503, answers: Object.fromEntries(load.answers) };
}

async function take({ accidents, secondAfterMs, thenPauseMs }: Step, field: Field): Promise<void> {
  const [first, second] = accidents;
  const { load, tally } = field;
  if (second) {
    tally.pairs++;
    await Promise.all([first.happen(field, false), pause(secondAfterMs).then(() => second.happen(field, false))]);
    tally.resume.both.push(await resumed(load));
  } else {
    await first.happen(field, true);
    if (first.resumes) tally.resume[first.resumes].push(await resumed(load));
  }
  await pause(thenPauseMs);
}

const OPEN = `SELECT count(*) AS n FROM messages WHERE status NOT IN ('delivered', 'error')`;
const killed = ({ kills }: Tally): number => Object.values(kills).reduce((sum, count) => sum + count, 0);
