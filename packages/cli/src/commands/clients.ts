import { generatePasscode } from '@ardor/crypto/passcode';
import { createClient, listClients, setClientDisabled } from '@ardor/store/clients/manage-clients';
import { addPasscode, revokePasscode } from '@ardor/store/clients/manage-passcodes';
import type { Command } from 'commander';
import { parseId, parseRegion } from '../arguments.js';
import { withDatabase, withKeys } from '../open-admin.js';
import { print, printJson } from '../print.js';
import { addDestinations, COUNTRIES, readCountries } from './destinations.js';
import { addQuota } from './quota.js';

interface CreateOptions {
  readonly name?: string;
  readonly region: string;
  readonly countries: readonly string[];
}

/** `ardor client …` */
export function addClients(program: Command): void {
  const client = program.command('client').description('who may send');
  client
    .command('create')
    .argument('<client_id>', 'chosen by you', parseId)
    .option('--name <name>', 'for people')
    .option('--region <region>', 'country of its national numbers', parseRegion, process.env['DEFAULT_REGION'] ?? 'CN')
    .option('--countries <countries...>', COUNTRIES, ['default'])
    .action((id: string, { name, region, countries }: CreateOptions) =>
      withDatabase(async (database) => {
        await createClient(database, { id, name: name ?? id, region, countries: readCountries(countries) });
        print(`created client ${id} (${region}); next: ardor passcode issue ${id}`);
      }),
    );
  for (const [verb, disabled] of [
    ['disable', true],
    ['enable', false],
  ] as const) {
    client
      .command(verb)
      .argument('<client_id>', '', parseId)
      .action((id: string) =>
        withDatabase(async (database) => {
          await setClientDisabled(database, id, disabled);
          print(`${verb}d client ${id}; every ingress follows within 5 s`);
        }),
      );
  }
  addQuota(client);
  addDestinations(client);
  client.command('list').action(() => withDatabase(async (database) => printJson(await listClients(database))));
}

/** `ardor passcode …` */
export function addPasscodes(program: Command): void {
  const passcode = program.command('passcode').description('secret of a client');
  passcode
    .command('issue')
    .argument('<client_id>', '', parseId)
    .action((clientId: string) =>
      withKeys(async (database, keyring) => {
        const secret = generatePasscode();
        const id = await addPasscode(database, keyring, clientId, secret);
        print(`passcode ${id} of ${clientId}, shown only now:\n${secret}`);
      }),
    );
  passcode
    .command('revoke')
    .argument('<passcode_id>', 'as `client list` shows it', parseId)
    .action((id: string) =>
      withDatabase(async (database) => {
        await revokePasscode(database, id);
        print(`revoked passcode ${id}; every ingress follows within 5 s`);
      }),
    );
}
