import { DEMO } from '@ardor/domain/message/demo';
import { request, type Dispatcher } from 'undici';

export interface ApiResponse {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
}

const CREDENTIALS = { client_id: DEMO.clientId, passcode: DEMO.passcode };

/** Posts as the demo client. Undefined when no response came: the ingress died, and the caller knows nothing. */
export async function postJson(url: string, fields: object, dispatcher: Dispatcher): Promise<ApiResponse | undefined> {
  try {
    const response = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...CREDENTIALS, ...fields }),
      dispatcher,
    });
    return { status: response.statusCode, body: (await response.body.json()) as Record<string, string> };
  } catch {
    return undefined;
  }
}
