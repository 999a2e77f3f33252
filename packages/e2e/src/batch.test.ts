import { DEMO } from '@ardor/domain/message/demo';
import { request } from 'undici';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { post, scriptedNumber, send } from '@ardor/testkit/api';
import { waitFor } from '@ardor/runtime/wait-for';
import { startStack, type Stack } from './stack.js';

const MESSAGES = 1_000;
const CREDENTIALS = { client_id: DEMO.clientId, passcode: DEMO.passcode };

interface Result {
  readonly sms_uid: string;
  readonly status: string;
  readonly error_code: string;
}

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ workers: 2, env: { QUERY_LIMIT_PER_SECOND: '100000', LOG_LEVEL: 'warn' } });
});
afterAll(() => stack.close());

async function batch(path: string, fields: object): Promise<readonly Result[]> {
  const { status, body } = await post(stack.apis[0] ?? '', `/api/sms/v1/${path}/batch`, { ...CREDENTIALS, ...fields });
  expect(status).toBe(200);
  return (body as unknown as { results: readonly Result[] }).results;
}

it(`delivers ${MESSAGES} messages of one call, each once`, async () => {
  const numbers = Array.from({ length: MESSAGES }, (_, n) => scriptedNumber(0, n));
  const messages = numbers.map((phone_number) => ({
    ...{ phone_number, templet_id: DEMO.templateId, contents: { p1: phone_number.slice(-4) } },
  }));
  const sent = await batch('sendsms', { messages });
  expect(sent.map(({ status, error_code }) => `${status} ${error_code}`)).toEqual(messages.map(() => 'queuing 0'));
  const sms_uids = sent.map(({ sms_uid }) => sms_uid);
  expect(new Set(sms_uids).size).toBe(MESSAGES);

  await waitFor(async () => (await batch('querysms', { sms_uids })).every(({ status }) => status === 'delivered'), {
    withinMs: 50_000,
    everyMs: 250,
  });
  expect(await batch('querysms', { sms_uids })).toEqual(
    sms_uids.map((sms_uid) => ({ sms_uid, status: 'delivered', error_code: '0' })),
  );
  const ledger = (await (await request(`${stack.simulator}/ledger`)).body.json()) as Record<string, unknown>;
  expect(ledger).toMatchObject({ taken: MESSAGES, references: MESSAGES, duplicates: [] });

  // A client that missed the response repeats the call. Nobody gets a second message.
  const again = (await batch('sendsms', { messages })) as readonly (Result & { reason?: string })[];
  expect(new Set(again.map(({ reason }) => reason))).toEqual(new Set(['number_rate_limited']));
  expect((await send(stack.apis[0] ?? '', numbers[0] ?? '')).status).toBe(429);
}, 110_000);
