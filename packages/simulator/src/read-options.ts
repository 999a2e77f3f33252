import { Command, InvalidArgumentError } from 'commander';
import type { SimulatorOptions } from './options.js';

/** A day: far below the 2^31 ms at which timers wrap round and fire at once. */
const MAX_MS = 86_400_000;

/** The command line as options. Prints what is wrong with it, or the help, and exits on its own. */
export function readOptions(argv: readonly string[]): SimulatorOptions {
  return new Command('simulator')
    .description('A carrier to develop against: takes messages over HTTP, shows them, and sends receipts.')
    .option('--port <port>', 'port to listen on; 0 for any free one', wholeNumber(65_535), 8090)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--deduplicate', 'take a reference once, and answer its first id from then on')
    .option('--latency-ms <ms>', 'delay every answer', wholeNumber(MAX_MS))
    .option('--failure-rate <share>', 'share of calls answered 503 with nothing taken, 0..1', share)
    .option(
      '--receipt-delay-ms <ms>',
      'time from answer to receipt (default: 50 to 500, by chance)',
      wholeNumber(MAX_MS),
    )
    .allowExcessArguments(false)
    .parse(argv, { from: 'user' })
    .opts<SimulatorOptions>();
}

function wholeNumber(max: number): (value: string) => number {
  return (value) => {
    if (!/^\d{1,10}$/.test(value) || Number(value) > max) {
      throw new InvalidArgumentError(`It must be a whole number from 0 to ${max}.`);
    }
    return Number(value);
  };
}

function share(value: string): number {
  if (!/^\d*\.?\d+$/.test(value) || Number(value) > 1)
    throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return Number(value);
}
