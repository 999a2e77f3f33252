import { Command, InvalidArgumentError } from 'commander';
import type { SimulatorOptions } from './options.js';

/** One day. Timers above 2^31 ms would fire at once. */
const MAX_MS = 86_400_000;

/** Parses the command line. On a mistake or `--help` it prints a text and exits the process. */
export function readOptions(argv: readonly string[]): SimulatorOptions {
  return new Command('simulator')
    .description('A carrier to develop against: takes messages over HTTP, shows them, and sends receipts.')
    .option('--port <port>', 'port to listen on; 0 for any free one', wholeNumber(65_535), 8090)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--deduplicate', 'take a reference once; later calls with it return its first id')
    .option('--latency-ms <ms>', 'delay every response', wholeNumber(MAX_MS))
    .option('--failure-rate <share>', 'share of calls that get 503 with nothing taken, 0..1', share)
    .option(
      '--receipt-delay-ms <ms>',
      'time from response to receipt (default: random, 50 to 500)',
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
