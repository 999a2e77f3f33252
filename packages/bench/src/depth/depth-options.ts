import { Command, InvalidArgumentError } from 'commander';
import { wholeNumber } from '../whole-number.js';
import { depthPoints, type Depth } from './depth-points.js';

export interface DepthOptions {
  readonly depths: readonly Depth[];
  /** So many are accepted, and then sent, at each depth. */
  readonly messages: number;
  readonly rounds: number;
  readonly node: string;
}

/** A table and its indexes take about 300 bytes a row of history, twice that for one that waits. */
const MOST_WAITING = 10_000_000;
const MOST_HISTORY = 50_000_000;
/** The simulator's numbers without a receipt, less those of the warm-up. */
const MOST_MESSAGES = 90_000;

/** Throws commander's error, which has already been printed, for help and for mistakes. */
export function readDepthOptions(argv: readonly string[], quiet = false): DepthOptions {
  const command = new Command('bench depth')
    .description(
      'CPU of accepting and of sending a message over a table that is already full, as multiples of an empty one.',
    )
    .option(
      '--waiting <list>',
      'numbers of messages that already wait',
      numberList(MOST_WAITING),
      [0, 100_000, 1_000_000],
    )
    .option('--history <list>', 'numbers of final messages of the last days', numberList(MOST_HISTORY), [0, 1_000_000])
    .option('--messages <n>', 'accepted and sent at each depth', wholeNumber(100, MOST_MESSAGES), 20_000)
    .option('--rounds <n>', 'how often every depth is measured; medians are reported', wholeNumber(1, 20), 1)
    .option('--node <path>', 'the Node that runs the measured processes', process.execPath)
    .exitOverride();
  if (quiet) command.configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  const { waiting, history, ...rest } = command
    .parse(argv, { from: 'user' })
    .opts<Omit<DepthOptions, 'depths'> & { waiting: number[]; history: number[] }>();
  return { ...rest, depths: depthPoints(waiting, history) };
}

function numberList(max: number): (value: string) => number[] {
  const read = wholeNumber(0, max);
  return (value) => {
    if (value === '') throw new InvalidArgumentError(`It takes whole numbers from 0 to ${max}.`);
    return value.split(',').map(read);
  };
}
