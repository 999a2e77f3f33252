import { Argument, Command, InvalidArgumentError } from 'commander';
import { SCENARIO_NAMES, type ScenarioName } from './scenarios/scenario.js';

export interface BenchOptions {
  readonly scenarios: readonly ScenarioName[];
  /** Where the result is written, too. */
  readonly json: string | undefined;
  /** Of each measurement, after a warm-up. */
  readonly seconds: number;
  readonly rounds: number;
  /** The Node binary that runs what is measured. */
  readonly node: string;
  /** Connections of the load at full speed, to each ingress. */
  readonly connections: number;
  /** Messages in one request of accept-batch. */
  readonly batch: number;
  readonly ingresses: number;
  readonly workers: number;
}

/** The command line as options. Throws commander's error, which has already been printed, for help and for mistakes. */
export function readOptions(argv: readonly string[], quiet = false): BenchOptions {
  const command = new Command('bench')
    .description('Measures Ardor against bare servers and against a naive version of itself, on this machine.')
    .addArgument(
      new Argument('[scenario...]', `which to run (default: all)`).choices(SCENARIO_NAMES).default(SCENARIO_NAMES),
    )
    .option('--json <file>', 'write the result there as well')
    .option('--seconds <n>', 'length of each measurement', wholeNumber(1, 600), 5)
    .option('--rounds <n>', 'how often every scenario is run; medians are reported', wholeNumber(1, 100), 3)
    .option('--node <path>', 'the Node that runs the measured processes', process.execPath)
    .option('--connections <n>', 'connections to each ingress at full speed', wholeNumber(1, 10_000), 256)
    .option('--batch <n>', 'messages in one request of accept-batch', wholeNumber(1, 10_000), 1_000)
    .option('--ingresses <n>', 'copies of the ingress', wholeNumber(1, 16), 1)
    .option('--workers <n>', 'copies of the worker', wholeNumber(1, 16), 1)
    .exitOverride();
  if (quiet) command.configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  command.parse(argv, { from: 'user' });
  const options = command.opts<Omit<BenchOptions, 'scenarios' | 'json'> & { json?: string }>();
  const asked = new Set(command.processedArgs[0] as ScenarioName[]);
  return { json: undefined, ...options, scenarios: SCENARIO_NAMES.filter((name) => asked.has(name)) };
}

function wholeNumber(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It takes a whole number from ${min} to ${max}.`);
  };
}
