import { DEMO } from '@ardor/domain/message/demo';
import type { Command } from 'commander';
import { request } from 'undici';

export interface ApiOptions {
  readonly url: string;
  readonly client: string;
}

/** Adds the options that name the ingress and the client. */
export const withApi = (command: Command): Command =>
  command
    .option('--url <url>', 'the ingress', `http://127.0.0.1:${process.env['HTTP_PORT'] ?? '8080'}`)
    .option('--client <client_id>', 'ARDOR_PASSCODE has its passcode', DEMO.clientId);

export interface ApiAnswer {
  /** HTTP status. */
  readonly status: number;
  readonly body: Readonly<Partial<Record<'sms_uid' | 'status' | 'error_code' | 'reason', string>>>;
}

/**
 * Calls `sendsms` or `querysms` as an application does. The passcode comes from ARDOR_PASSCODE, because arguments are
 * visible to other users of the machine. Rejects when the ingress cannot be reached.
 */
export async function callApi(
  verb: 'sendsms' | 'querysms',
  { url, client }: ApiOptions,
  fields: Record<string, unknown>,
): Promise<ApiAnswer> {
  const passcode = process.env['ARDOR_PASSCODE'] ?? DEMO.passcode;
  const { statusCode, body } = await request(`${url}/api/sms/v1/${verb}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: client, passcode, ...fields }),
  });
  return { status: statusCode, body: (await body.json()) as ApiAnswer['body'] };
}
