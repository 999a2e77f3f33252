import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { AdminError } from '@ardor/store/clients/manage-clients';
import {
  addSuppressions,
  countSuppressions,
  removeSuppression,
  type SuppressionScope,
} from '@ardor/store/suppressions/manage-suppressions';
import { Option, type Command } from 'commander';
import { parseId, parseRegion } from '../arguments.js';
import { withDatabase, withKeys } from '../open-admin.js';
import { phoneReader } from '../phone-reader.js';
import { print, printJson } from '../print.js';

/** Numbers in one statement of an import. */
const IMPORT_ARRAY = 1_000;

interface SuppressOptions {
  readonly client?: string;
  readonly region: string;
  readonly reason?: string;
}

/** `ardor suppress …`. No output has a number in it, because outputs are kept longer than a shell's history. */
export function addSuppress(program: Command): void {
  const suppress = program.command('suppress').description('numbers that must not be sent to');
  withScope(suppress.command('add'))
    .argument('<phone_number>', PHONE)
    .option('--reason <words>', 'for people')
    .action((phone: string, options: SuppressOptions) =>
      withKeys(async (database, keyring) => {
        const phoneMac = phoneReader(keyring, options.region).macOf(phone);
        const added = await addSuppressions(database, { phoneMacs: [phoneMac], ...scopeOf(options) });
        print(`${added > 0 ? 'suppressed' : 'was suppressed already'}: the number, ${words(options.client)}`);
      }),
    );
  withScope(suppress.command('remove'))
    .argument('<phone_number>', PHONE)
    .action((phone: string, options: SuppressOptions) =>
      withKeys(async (database, keyring) => {
        const phoneMac = phoneReader(keyring, options.region).macOf(phone);
        if (!(await removeSuppression(database, phoneMac, options.client)))
          throw new AdminError(`the number is not suppressed ${words(options.client)}`);
        print(`may be sent to again: the number, ${words(options.client)}`);
      }),
    );
  withScope(suppress.command('import'))
    .argument('<file>', 'one number a line; - is standard input')
    .option('--reason <words>', 'for people')
    .action(importNumbers);
  suppress
    .command('list')
    .description('counts only: numbers are kept as MACs')
    .action(() => withDatabase(async (database) => printJson(await countSuppressions(database))));
}

const PHONE = 'E.164, or national in the region';

const withScope = (command: Command): Command =>
  command
    .option('--client <client_id>', 'for this client only; without it for every client', parseId)
    .addOption(
      new Option('--region <region>', 'country of national numbers')
        .argParser(parseRegion)
        .default(process.env['DEFAULT_REGION'] ?? 'CN'),
    );

const words = (client: string | undefined): string =>
  client === undefined ? 'for every client' : `for client ${client}`;

const scopeOf = ({ client, reason }: SuppressOptions): { scope: SuppressionScope; reason?: string | undefined } => ({
  scope: client,
  reason,
});

/** Reads line by line and stores array by array, so that a file may be larger than memory. A wrong line stops nothing. */
async function importNumbers(file: string, options: SuppressOptions): Promise<void> {
  const input = file === '-' ? process.stdin : (await open(file)).createReadStream();
  let [line, wrong, given, added] = [0, 0, 0, 0];
  await withKeys(async (database, keyring) => {
    const reader = phoneReader(keyring, options.region);
    let phoneMacs: Buffer[] = [];
    const store = async (): Promise<void> => {
      added += await addSuppressions(database, { phoneMacs, ...scopeOf(options) });
      given += phoneMacs.length;
      phoneMacs = [];
    };
    for await (const text of createInterface({ input })) {
      line++;
      if (text.trim() === '') continue;
      const mac = reader.tryMacOf(text.trim());
      if (mac) phoneMacs.push(mac);
      else {
        wrong++;
        process.stderr.write(`line ${line}: ${reader.refusal}\n`);
      }
      if (phoneMacs.length === IMPORT_ARRAY) await store();
    }
    await store();
  });
  print(
    `suppressed ${added} numbers ${words(options.client)}; ${given - added} were already; ${wrong} lines are wrong`,
  );
  if (wrong > 0) process.exitCode = 1;
}
