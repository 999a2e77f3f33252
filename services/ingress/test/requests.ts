import { DEMO } from '@ardor/domain/message/demo';
import type { TestIngress } from './create-test-ingress.js';

export const CREDENTIALS = { client_id: DEMO.clientId, passcode: DEMO.passcode };

let numbers = 0;

/** A Chinese mobile number that no other call of this file has had. */
export const freshNumber = (): string => `+86138${String(10_000_000 + numbers++)}`;

/** One message of a batch, to a fresh number; `fields` replace its fields, undefined removes one. */
export const message = (fields: Record<string, unknown> = {}): Record<string, unknown> => ({
  phone_number: freshNumber(),
  templet_id: DEMO.templateId,
  contents: [{ p1: '8888' }],
  ...fields,
});

/** The seed's request for a fresh number; `fields` as above. */
export const sendBody = (fields: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...CREDENTIALS,
  ...message(fields),
});

export const send = (ingress: TestIngress, fields: Record<string, unknown> = {}) =>
  ingress.api.post('/api/sms/v1/sendsms').send(sendBody(fields));

export const query = (ingress: TestIngress, smsUid: unknown, fields: Record<string, unknown> = {}) =>
  ingress.api.post('/api/sms/v1/querysms').send({ ...CREDENTIALS, sms_uid: smsUid, ...fields });

/** One result of a batch, of sends or of queries. */
export interface BatchResult {
  readonly sms_uid: string;
  readonly status: string;
  readonly error_code: string;
  readonly reason?: string;
  readonly message?: string;
  readonly retry_after?: string;
}

export const resultsOf = (answer: { readonly body: unknown }): readonly BatchResult[] =>
  (answer.body as { results: readonly BatchResult[] }).results;

export const sendBatch = (ingress: TestIngress, messages: unknown, fields: Record<string, unknown> = {}) =>
  ingress.api.post('/api/sms/v1/sendsms/batch').send({ ...CREDENTIALS, messages, ...fields });

export const queryBatch = (ingress: TestIngress, smsUids: unknown, fields: Record<string, unknown> = {}) =>
  ingress.api.post('/api/sms/v1/querysms/batch').send({ ...CREDENTIALS, sms_uids: smsUids, ...fields });
