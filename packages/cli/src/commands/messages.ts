import { DEMO } from '@ardor/domain/message/demo';
import { InvalidArgumentError, type Command } from 'commander';
import { request } from 'undici';
import { printJson } from '../print.js';

interface ApiOptions {
  readonly url: string;
  readonly client: string;
}

/**
 * `ardor send` and `ardor query` call the API as an application does. The passcode comes from ARDOR_PASSCODE, because
 * arguments are visible to other users of the machine.
 */
export function addMessages(program: Command): void {
  const url = `http://127.0.0.1:${process.env['HTTP_PORT'] ?? '8080'}`;
  withApi(program.command('send').description('send one message'), url)
    .argument('<phone_number>')
    .argument('<templet_id>')
    .argument('[parameters...]', 'key=value, by position (p1=…) or by name', addParameter)
    .action((phone: string, templateId: string, parameters: Parameters | undefined, options: ApiOptions) =>
      post('sendsms', options, { phone_number: phone, templet_id: templateId, contents: [parameters ?? {}] }),
    );
  withApi(program.command('query').description('what became of a message'), url)
    .argument('<sms_uid>')
    .action((smsUid: string, options: ApiOptions) => post('querysms', options, { sms_uid: smsUid }));
}

const withApi = (command: Command, url: string): Command =>
  command
    .option('--url <url>', 'the ingress', url)
    .option('--client <client_id>', 'ARDOR_PASSCODE has its passcode', DEMO.clientId);

type Parameters = Readonly<Record<string, string>>;

function addParameter(text: string, before: Parameters = {}): Parameters {
  const cut = text.indexOf('=');
  if (cut < 1) throw new InvalidArgumentError('A parameter is written key=value.');
  const key = text.slice(0, cut);
  if (Object.hasOwn(before, key)) throw new InvalidArgumentError(`There is a ${key} already.`);
  return { ...before, [key]: text.slice(cut + 1) };
}

async function post(verb: string, { url, client }: ApiOptions, fields: Record<string, unknown>): Promise<void> {
  const passcode = process.env['ARDOR_PASSCODE'] ?? DEMO.passcode;
  const { statusCode, body } = await request(`${url}/api/sms/v1/${verb}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: client, passcode, ...fields }),
  });
  printJson(await body.json());
  if (statusCode !== 200) process.exitCode = 1;
}
