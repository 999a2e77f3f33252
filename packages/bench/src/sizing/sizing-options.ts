import { Command } from 'commander';
import { USUAL } from '../stage/stage.js';
import { wholeNumber } from '../whole-number.js';

export interface SizingOptions {
  readonly json: string | undefined;
  /** A result of `bench --json`, instead of measuring. */
  readonly from: string | undefined;
  readonly seconds: number;
  readonly rounds: number;
  readonly node: string;
  readonly batch: number;
  readonly receipts: number;
}

/** Throws commander's error, which has already been printed, for help and for mistakes. */
export function readSizingOptions(argv: readonly string[], quiet = false): SizingOptions {
  const command = new Command('bench sizing')
    .description('Says how many cores 1,000, 10,000 and 80,000 sends a second need, from CPU per message.')
    .option('--json <file>', 'write what was measured and the table there as well')
    .option('--from <file>', 'take the figures from a result of --json instead of measuring')
    .option('--seconds <n>', 'length of each measurement', wholeNumber(1, 600), 5)
    .option('--rounds <n>', 'how often every scenario is run; medians are taken', wholeNumber(1, 100), 3)
    .option('--node <path>', 'the Node that runs the measured processes', process.execPath)
    .option('--batch <n>', 'messages in one request of a batch', wholeNumber(1, 10_000), USUAL.batch)
    .option('--receipts <n>', 'receipts for each message', wholeNumber(0, 10), 1)
    .exitOverride();
  if (quiet) command.configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  const options = command
    .parse(argv, { from: 'user' })
    .opts<Omit<SizingOptions, 'json' | 'from'> & { json?: string; from?: string }>();
  return { json: undefined, from: undefined, ...options };
}
