import { LANES, ON_UNKNOWN, type Lane, type OnUnknown } from '@ardor/domain/message/status';
import { grantTemplate, listTemplates, putTemplate, revokeTemplate } from '@ardor/store/templates/manage-templates';
import { Option, type Command } from 'commander';
import { parseId, parseSeconds } from '../arguments.js';
import { withDatabase } from '../open-admin.js';
import { addParameter, type Parameters } from './messages.js';
import { print, printJson } from '../print.js';

const DEFAULT_VALIDITY_SECONDS = 300;

interface PutOptions {
  readonly lane: Lane;
  readonly validity: number;
  readonly onUnknown: OnUnknown;
  readonly placeholder: Parameters;
}

/** `ardor template …` */
export function addTemplates(program: Command): void {
  const template = program.command('template').description('what may be sent');
  template
    .command('put')
    .argument('<templet_id>', '', parseId)
    .argument('<body>', 'text with ${name} placeholders')
    .addOption(new Option('--lane <lane>', 'its queue').choices(LANES).default('otp'))
    .addOption(
      new Option('--validity <seconds>', 'validity in seconds')
        .argParser(parseSeconds)
        .default(DEFAULT_VALIDITY_SECONDS),
    )
    .addOption(
      new Option('--on-unknown <policy>', 'when the carrier may have taken it').choices(ON_UNKNOWN).default('wait'),
    )
    .option(
      '--placeholder <name=rule>',
      'digits, text or any, then {most} or {least,most}; may be repeated',
      addParameter,
      {},
    )
    .action((id: string, body: string, { lane, validity, onUnknown, placeholder }: PutOptions) =>
      withDatabase(async (database) => {
        await putTemplate(database, {
          id,
          body,
          lane,
          validitySeconds: validity,
          onUnknown,
          placeholders: placeholder,
        });
        print(
          `put template ${id}: lane ${lane}, valid for ${validity} s, on unknown ${onUnknown}; next: ardor template grant <client_id> ${id}`,
        );
      }),
    );
  for (const [verb, change, done] of [
    ['grant', grantTemplate, 'granted'],
    ['ungrant', revokeTemplate, 'took back'],
  ] as const) {
    template
      .command(verb)
      .argument('<client_id>', '', parseId)
      .argument('<templet_id>', '', parseId)
      .action((clientId: string, templateId: string) =>
        withDatabase(async (database) => {
          await change(database, clientId, templateId);
          print(`${done}: template ${templateId}, client ${clientId}`);
        }),
      );
  }
  template.command('list').action(() => withDatabase(async (database) => printJson(await listTemplates(database))));
}
