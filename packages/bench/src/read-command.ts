import { writeFileSync } from 'node:fs';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { depthPoints } from './depth/depth-points.js';
import { MAX_HISTORY, MAX_MESSAGES, MAX_WAITING, runDepth } from './depth/run-depth.js';
import { runGuard } from './guard/run-guard.js';
import { resultTable } from './report/result-table.js';
import { runScenarios } from './run-scenarios.js';
import { SCENARIO_NAMES, type ScenarioName } from './scenarios/scenario.js';
import type { ProcessDeps } from './session/session.js';
import { runSizing } from './sizing/run-sizing.js';

/** The parsed command line. */
export interface BenchCommand {
  readonly options: object;
  /** Returns the text for standard output; `failed` when the guard found a message too dear. */
  readonly run: (deps: ProcessDeps) => Promise<{ readonly text: string; readonly failed?: boolean }>;
  /** The exit code when nothing could be measured. */
  readonly errorCode: 1 | 2;
}

/** Throws commander's error, which has been printed already, for help and for mistakes. */
export function readCommand(argv: readonly string[]): BenchCommand {
  let chosen: BenchCommand | undefined;
  const choose = <Options extends object>(
    options: Options,
    run: (options: Options, deps: ProcessDeps) => ReturnType<BenchCommand['run']>,
    errorCode: BenchCommand['errorCode'] = 1,
  ): void => {
    chosen = { options, run: (deps) => run(options, deps), errorCode };
  };
  const bench = new Command('bench')
    .description('Measures Ardor beside a bare server, a naive version of itself and Kannel.')
    .addArgument(new Argument('[scenario...]', 'default: all').choices(SCENARIO_NAMES).default(SCENARIO_NAMES))
    // Without this, an option of a command would be taken for one of the bench.
    .enablePositionalOptions()
    .exitOverride();
  timed(bench, 5, 3)
    .option('--rate <n>', 'requests a second at which latency is measured; default: half of full speed', whole(1, 1e6))
    .option('--ingresses <n>', 'copies of the ingress', whole(1, 16), 1)
    .option('--workers <n>', 'copies of the worker', whole(1, 16), 1)
    .option('--json <file>', 'write the result there as well')
    .action((names: ScenarioName[], { json, rate, ...options }: BenchFlags) => {
      const scenarios = SCENARIO_NAMES.filter((name) => names.includes(name));
      choose({ ...options, scenarios, latencyRate: rate ?? ('half' as const) }, async (given, deps) => {
        const result = await runScenarios(given, deps);
        if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
        return { text: resultTable(result) };
      });
    });
  timed(bench.command('guard').exitOverride(), 1, 2)
    .description('Compares CPU per message, as a multiple of that of a bare server, with the committed baseline.')
    .option('--write', 'make what is measured the baseline', false)
    // 1 means "too dear", so that a guard that could not measure needs another code.
    .action((options: Timed & { write: boolean }) => choose(options, runGuard, 2));
  timed(bench.command('sizing').exitOverride(), 5, 3)
    .description('Computes the cores that 1,000, 10,000 and 80,000 sends a second need, from CPU per message.')
    .action((options: Timed) => choose(options, runSizing));
  bench
    .command('depth')
    .exitOverride()
    .description('CPU per message over a table that already holds others, as multiples of an empty one.')
    .option('--waiting <list>', 'messages that already wait', wholeList(MAX_WAITING), [0, 100_000, 1_000_000])
    .option('--history <list>', 'final messages of the last days', wholeList(MAX_HISTORY), [0, 1_000_000])
    .option('--messages <n>', 'accepted and sent at each depth', whole(100, MAX_MESSAGES), 20_000)
    .option('--rounds <n>', 'how often every depth is measured; medians are reported', whole(1, 20), 1)
    .action(({ waiting, history, ...options }: DepthFlags) =>
      choose({ ...options, depths: depthPoints(waiting, history) }, runDepth),
    );
  bench.parse(argv, { from: 'user' });
  if (!chosen) throw new Error('no command');
  return chosen;
}

interface Timed {
  readonly seconds: number;
  readonly rounds: number;
}
interface BenchFlags extends Timed {
  readonly ingresses: number;
  readonly workers: number;
  readonly rate?: number;
  readonly json?: string;
}
interface DepthFlags {
  readonly waiting: number[];
  readonly history: number[];
  readonly messages: number;
  readonly rounds: number;
}

const timed = (command: Command, seconds: number, rounds: number): Command =>
  command
    .option('--seconds <n>', 'the length of each measurement', whole(1, 600), seconds)
    .option('--rounds <n>', 'how often every scenario is run; medians are reported', whole(1, 100), rounds);

function whole(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It takes a whole number from ${min} to ${max}.`);
  };
}

const wholeList =
  (max: number) =>
  (value: string): number[] =>
    value.split(',').map(whole(0, max));
