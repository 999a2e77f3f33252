import { Argument, Command } from 'commander';
import { SCENARIO_NAMES, type ScenarioName } from './scenarios/scenario.js';
import { USUAL, type StageOptions } from './stage/stage.js';
import { wholeNumber } from './whole-number.js';

export interface BenchOptions extends StageOptions {
  readonly scenarios: readonly ScenarioName[];
  /** Where the result is written, too. */
  readonly json: string | undefined;
  readonly rounds: number;
}

/** The command line as options. Throws commander's error, which has already been printed, for help and for mistakes. */
export function readOptions(argv: readonly string[], quiet = false): BenchOptions {
  const command = new Command('bench')
    .description(
      'Measures Ardor against bare servers, a naive version of itself and Kannel. Commands of their own: guard, sizing, depth.',
    )
    .addArgument(
      new Argument('[scenario...]', `which to run (default: all)`).choices(SCENARIO_NAMES).default(SCENARIO_NAMES),
    )
    .option('--json <file>', 'write the result there as well')
    .option('--seconds <n>', 'length of each measurement', wholeNumber(1, 600), 5)
    .option('--rounds <n>', 'how often every scenario is run; medians are reported', wholeNumber(1, 100), 3)
    .option('--node <path>', 'the Node that runs the measured processes', process.execPath)
    .option('--connections <n>', 'connections to each ingress at full speed', wholeNumber(1, 10_000), USUAL.connections)
    .option('--batch <n>', 'messages in one request of accept-batch', wholeNumber(1, 10_000), USUAL.batch)
    .option('--ingresses <n>', 'copies of the ingress', wholeNumber(1, 16), USUAL.ingresses)
    .option('--workers <n>', 'copies of the worker', wholeNumber(1, 16), USUAL.workers)
    .exitOverride();
  if (quiet) command.configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  command.parse(argv, { from: 'user' });
  const options = command.opts<Omit<BenchOptions, 'scenarios' | 'json' | 'latency'> & { json?: string }>();
  const asked = new Set(command.processedArgs[0] as ScenarioName[]);
  return { json: undefined, latency: true, ...options, scenarios: SCENARIO_NAMES.filter((name) => asked.has(name)) };
}
