import { DEMO } from '@ardor/domain/demo';
import type { TestIngress } from './test-ingress.js';

export const CREDENTIALS = { client_id: DEMO.clientId, passcode: DEMO.passcode };

let numbers = 0;

/** A Chinese mobile number that no other call of this file has had. */
export const freshNumber = (): string => `+86138${String(10_000_000 + numbers++)}`;

/** The seed's request for a fresh number; `fields` replace its fields, undefined removes one. */
export const sendBody = (fields: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...CREDENTIALS,
  phone_number: freshNumber(),
  templet_id: DEMO.templateId,
  contents: [{ p1: '8888' }],
  ...fields,
});

export const send = (ingress: TestIngress, fields: Record<string, unknown> = {}) =>
  ingress.api.post('/api/sms/v1/sendsms').send(sendBody(fields));

export const query = (ingress: TestIngress, smsUid: unknown, fields: Record<string, unknown> = {}) =>
  ingress.api.post('/api/sms/v1/querysms').send({ ...CREDENTIALS, sms_uid: smsUid, ...fields });
