import { Command } from 'commander';
import { wholeNumber } from '../whole-number.js';

export interface GuardOptions {
  readonly seconds: number;
  readonly rounds: number;
  readonly node: string;
  /** Whether what is measured becomes the baseline. */
  readonly write: boolean;
}

/** Throws commander's error, which has already been printed, for help and for mistakes. */
export function readGuardOptions(argv: readonly string[], quiet = false): GuardOptions {
  const command = new Command('bench guard')
    .description('Compares CPU per message, as a ratio to that of a bare server, with the committed baseline.')
    .option('--seconds <n>', 'length of each measurement', wholeNumber(1, 60), 1)
    .option('--rounds <n>', 'how often every scenario is run', wholeNumber(1, 20), 2)
    .option('--node <path>', 'the Node that runs the measured processes', process.execPath)
    .option('--write', "write this Node's ratios into the baseline", false)
    .exitOverride();
  if (quiet) command.configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  return command.parse(argv, { from: 'user' }).opts<GuardOptions>();
}
