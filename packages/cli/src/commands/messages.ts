import { InvalidArgumentError, type Command } from 'commander';
import { callApi, withApi, type ApiAnswer, type ApiOptions } from '../call-api.js';
import { printJson } from '../print.js';

/** `ardor send` and `ardor query`. */
export function addMessages(program: Command): void {
  withApi(program.command('send').description('send one message'))
    .argument('<phone_number>')
    .argument('<templet_id>')
    .argument('[parameters...]', PARAMETERS, addParameter, {})
    .action(async (phone: string, templateId: string, parameters: Parameters, options: ApiOptions) => {
      const fields = { phone_number: phone, templet_id: templateId, contents: [parameters] };
      show(await callApi('sendsms', options, fields));
    });
  withApi(program.command('query').description('what became of a message'))
    .argument('<sms_uid>')
    .action(async (smsUid: string, options: ApiOptions) =>
      show(await callApi('querysms', options, { sms_uid: smsUid })),
    );
}

export type Parameters = Readonly<Record<string, string>>;
export const PARAMETERS = 'key=value, by position (p1=…) or by name';

export function addParameter(text: string, before: Parameters = {}): Parameters {
  const cut = text.indexOf('=');
  if (cut < 1) throw new InvalidArgumentError('A parameter is written key=value.');
  const key = text.slice(0, cut);
  if (Object.hasOwn(before, key)) throw new InvalidArgumentError(`There is a ${key} already.`);
  return { ...before, [key]: text.slice(cut + 1) };
}

function show({ status, body }: ApiAnswer): void {
  printJson(body);
  if (status !== 200) process.exitCode = 1;
}
