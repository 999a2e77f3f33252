import { createInterface } from 'node:readline';
import { AdminError } from '@ardor/store/clients/manage-clients';
import { readConfig } from '@ardor/runtime/config/setting-types';
import { slotSettings } from '@ardor/runtime/config/shared-settings';
import { eraseNumber } from '@ardor/store/erasure/erase-number';
import { removeSuppressionsOf } from '@ardor/store/suppressions/manage-suppressions';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseRegion } from '../arguments.js';
import { withKeys } from '../open-admin.js';
import { phoneReader } from '../phone-reader.js';
import { print } from '../print.js';

/** Longer than a slot by default (60 s), and longer than a claim whose worker has died. */
const DEFAULT_WAIT_SECONDS = 90;
/** Rows between two lines of progress. */
const PROGRESS_ROWS = 200_000;

interface EraseOptions {
  readonly stdin?: boolean;
  readonly region: string;
  readonly suppressions?: boolean;
  readonly wait: number;
}

/** `ardor erase`. No output has the number in it. */
export function addErase(program: Command): void {
  program
    .command('erase')
    .description('remove what is held of a number')
    .argument('[phone_number]', 'E.164, or national in the region')
    .option('--stdin', 'read the number from standard input, so that no shell keeps it')
    .option('--suppressions', 'also lift its suppressions, of all clients')
    .addOption(
      new Option('--region <region>', 'country of a national number')
        .argParser(parseRegion)
        .default(process.env['DEFAULT_REGION'] ?? 'CN'),
    )
    .option(
      '--wait <seconds>',
      'for messages that are being sent or are younger than their number’s slot',
      parseWait,
      DEFAULT_WAIT_SECONDS,
    )
    .action(erase);
}

async function erase(phone: string | undefined, options: EraseOptions): Promise<void> {
  const text = await readNumber(phone, options);
  const { numberLimitSeconds } = readConfig(slotSettings, process.env);
  const cause = `being sent or are younger than ${numberLimitSeconds} s`;
  await withKeys(async (database, keyring) => {
    const phoneMac = phoneReader(keyring, options.region).macOf(text);
    let told = 0;
    const { erased, left } = await eraseNumber(database, {
      phoneMac,
      slotSeconds: numberLimitSeconds,
      waitMs: options.wait * 1_000,
      onPage: ({ read, upTo }) => {
        if (read - told < PROGRESS_ROWS) return;
        told = read;
        tell(`read ${read} messages${upTo === undefined ? '' : `, up to ${new Date(upTo).toISOString()}`}`);
      },
      onWait: (messages) => tell(`waiting for ${messages} messages that are ${cause}`),
    });
    const lifted = options.suppressions ? await removeSuppressionsOf(database, phoneMac) : 0;
    print(`erased ${erased} messages${options.suppressions ? `, lifted ${lifted} suppressions` : ''}`);
    if (left > 0) throw new AdminError(`${left} messages still hold the number: they are ${cause}; run this again`);
  });
}

async function readNumber(phone: string | undefined, { stdin = false }: EraseOptions): Promise<string> {
  if (stdin === (phone !== undefined)) throw new AdminError('give one number, as an argument or with --stdin');
  if (phone !== undefined) return phone;
  const lines: string[] = [];
  for await (const line of createInterface({ input: process.stdin })) if (line.trim() !== '') lines.push(line.trim());
  const [only] = lines;
  if (only === undefined || lines.length > 1) throw new AdminError('standard input must hold one number');
  return only;
}

function parseWait(text: string): number {
  const seconds = Number(text);
  if (!/^\d+$/.test(text) || seconds > 3_600) throw new InvalidArgumentError('Whole seconds, 0..3600.');
  return seconds;
}

const tell = (line: string): void => void process.stderr.write(`${line}\n`);
