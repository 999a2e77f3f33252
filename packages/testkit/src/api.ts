import { DEMO } from '@ardor/domain/message/demo';
import { Agent, request } from 'undici';

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, string>>;
}

const CREDENTIALS = { client_id: DEMO.clientId, passcode: DEMO.passcode };
const agent = new Agent({ connections: 64 });

/** POSTs JSON to a path of the API. */
export async function post(api: string, path: string, body: unknown): Promise<ApiResponse> {
  const response = await request(api + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    dispatcher: agent,
  });
  return {
    status: response.statusCode,
    headers: response.headers,
    body: (await response.body.json()) as Record<string, string>,
  };
}

/** Sends the demo template to a number. `fields` replace those of the demo client's request. */
export const send = (api: string, phone: string, fields: Record<string, unknown> = {}): Promise<ApiResponse> =>
  post(api, '/api/sms/v1/sendsms', {
    ...CREDENTIALS,
    phone_number: phone,
    templet_id: DEMO.templateId,
    contents: [{ p1: '8888' }],
    ...fields,
  });

export const query = (api: string, smsUid: string, fields: Record<string, unknown> = {}): Promise<ApiResponse> =>
  post(api, '/api/sms/v1/querysms', { ...CREDENTIALS, sms_uid: smsUid, ...fields });

/** A number that the simulator treats by its script `digit`: +86 17000, the digit, five more. */
export const scriptedNumber = (digit: number, n: number): string => `+8617000${digit}${String(n).padStart(5, '0')}`;
