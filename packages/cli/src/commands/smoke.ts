import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEMO } from '@ardor/domain/message/demo';
import type { Command } from 'commander';
import { parseSeconds } from '../arguments.js';
import { callApi, withApi, type ApiOptions } from '../call-api.js';
import { print } from '../print.js';
import { addParameter, PARAMETERS, type Parameters } from './messages.js';

const DEFAULT_TIMEOUT_SECONDS = 30;
const POLL_MS = 100;

interface SmokeOptions extends ApiOptions {
  readonly timeout: number;
}

/** Why a message was not delivered in time, as one sentence. */
export class SmokeError extends Error {
  override readonly name = 'SmokeError';
}

/** `ardor smoke`: the shortest proof that all parts of a running system work together. */
export function addSmoke(program: Command): void {
  withApi(program.command('smoke').description('send one message and wait until it is delivered'))
    .argument('[phone_number]', 'by default a number that the simulated carrier delivers to', newMagicNumber())
    .argument('[templet_id]', '', DEMO.templateId)
    .argument('[parameters...]', PARAMETERS, addParameter, {})
    .option('--timeout <seconds>', 'give up after this long', parseSeconds, DEFAULT_TIMEOUT_SECONDS)
    .action(smoke);
}

/** +86 17000 0 nnnnn is delivered by the simulator. The random end avoids the limit of one send per number in 60 s. */
const newMagicNumber = (): string => `+86170000${String(randomInt(100_000)).padStart(5, '0')}`;

const DEMO_PARAMETERS: Parameters = { p1: '8888' };

const isBare = (templateId: string, parameters: Parameters): boolean =>
  templateId === DEMO.templateId && Object.keys(parameters).length === 0;

/** Prints each status with the time since the send. Throws SmokeError unless the message is delivered in time. */
async function smoke(
  phone: string,
  templateId: string,
  parameters: Parameters,
  { timeout, ...api }: SmokeOptions,
): Promise<void> {
  const startedAt = performance.now();
  const elapsedMs = (): number => Math.round(performance.now() - startedAt);
  const fields = {
    phone_number: phone,
    templet_id: templateId,
    contents: [isBare(templateId, parameters) ? DEMO_PARAMETERS : parameters],
  };
  const sent = await callApi('sendsms', api, fields);
  if (sent.status !== 200) throw new SmokeError(`the send was refused: ${sent.body.reason ?? `HTTP ${sent.status}`}`);
  print(`${sent.body.sms_uid ?? ''} to ${phone}`);

  let last = '';
  let refusal: string | undefined;
  while (elapsedMs() < timeout * 1_000) {
    const { status, body } = await callApi('querysms', api, { sms_uid: sent.body.sms_uid });
    refusal = status === 200 ? undefined : (body.reason ?? `HTTP ${status}`);
    if (refusal === undefined && body.status !== undefined && body.status !== last) {
      last = body.status;
      print(`${String(elapsedMs()).padStart(6)} ms  ${last}`);
    }
    if (last === 'delivered') return;
    if (last === 'error') throw new SmokeError(`the message failed: ${body.error_code ?? 'no error_code'}`);
    await sleep(POLL_MS);
  }
  const why = refusal === undefined ? '' : `; the last query was refused: ${refusal}`;
  throw new SmokeError(`the message was ${last === '' ? 'never seen' : `still ${last}`} after ${timeout} s${why}`);
}
