import { setClientQuota, type QuotaLimit, type QuotaLimits } from '@ardor/store/clients/quota-limits';
import { InvalidArgumentError, type Command } from 'commander';
import { parseId } from '../arguments.js';
import { withDatabase } from '../open-admin.js';
import { printJson } from '../print.js';

interface QuotaOptions {
  readonly perSecond?: QuotaLimit;
  readonly perDay?: QuotaLimit;
  readonly queriesPerSecond?: QuotaLimit;
  readonly countryCap?: QuotaLimit;
}

/** `ardor client quota <client_id>`: sets the limits that are given, and prints all of the client. */
export function addQuota(client: Command): void {
  client
    .command('quota')
    .description('what a client may use; each limit is a number, none, or default (the setting of the ingress)')
    .argument('<client_id>', '', parseId)
    .option('--per-second <n>', 'sends in any second', parseLimit)
    .option('--per-day <n>', 'sends in a day of UTC', parseLimit)
    .option('--queries-per-second <n>', 'queries in any second', parseLimit)
    .option('--country-cap <n>', 'sends to one country in an hour that are always allowed', parseLimit)
    .action((id: string, options: QuotaOptions) =>
      withDatabase(async (database) => printJson(await setClientQuota(database, id, toLimits(options)))),
    );
}

function toLimits({ perSecond, perDay, queriesPerSecond, countryCap }: QuotaOptions): Partial<QuotaLimits> {
  return {
    ...(perSecond === undefined ? {} : { sendsPerSecond: perSecond }),
    ...(perDay === undefined ? {} : { sendsPerDay: perDay }),
    ...(queriesPerSecond === undefined ? {} : { queriesPerSecond }),
    ...(countryCap === undefined ? {} : { countryCapFloor: countryCap }),
  };
}

const MAX_LIMIT = 1_000_000_000;

function parseLimit(text: string): QuotaLimit {
  if (text === 'none' || text === 'default') return text;
  const limit = Number(text);
  if (!/^[0-9]+$/.test(text) || limit < 1 || limit > MAX_LIMIT)
    throw new InvalidArgumentError('A whole number from 1 on, none, or default.');
  return limit;
}
