import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import Joi from 'joi';
import type { WrkProgram } from '../load/find-wrk.js';
import { SEND_SCRIPT } from './send-script.js';

export interface SendLoad {
  readonly seconds: number;
  readonly accepted: number;
  readonly errors: number;
}

interface Summary {
  readonly requests: number;
  readonly seconds: number;
  readonly refused: number;
  readonly broken: number;
}

const whole = Joi.number().integer().min(0).required();
const SCHEMA = Joi.object<Summary>({
  ...{ requests: whole, refused: whole, broken: whole },
  seconds: Joi.number().greater(0).required(),
}).unknown();

/** Sends over smsbox's HTTP interface, as many as it takes. */
export async function runSendLoad(
  { command, env }: WrkProgram,
  { url, connections, seconds }: { url: string; connections: number; seconds: number },
  signal: AbortSignal,
): Promise<SendLoad> {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', SEND_SCRIPT, url];
  const options = { env: { ...process.env, ...env }, signal };
  return readSendSummary((await promisify(execFile)(command, args, options)).stdout);
}

/** The last line of what send.lua made wrk print. */
export function readSendSummary(output: string): SendLoad {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  const result = SCHEMA.validate(line.startsWith('{') ? JSON.parse(line) : undefined, { presence: 'required' });
  if (result.error) throw new Error(`wrk's summary is not as expected: ${result.error.message}\n${output}`);
  const { requests, seconds, refused, broken } = result.value;
  return { seconds, accepted: requests - refused, errors: refused + broken };
}
