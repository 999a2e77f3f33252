import { DEMO } from '@ardor/domain/message/demo';
import type { Service } from '@ardor/devstack/service';
import { waitFor } from '@ardor/runtime/wait-for';
import { query, scriptedNumber, send } from '@ardor/testkit/api';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { request } from 'undici';
import { startStack, type Stack } from './stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

type Line = Readonly<Record<string, unknown>>;

/** The log lines of a service that name the message. */
const linesAbout = (service: Service | undefined, smsUid: string): Line[] =>
  (service?.output() ?? '')
    .split('\n')
    .filter((text) => text.includes(smsUid))
    .map((text) => JSON.parse(text) as Line);

const isDelivered = async (smsUid: string): Promise<boolean> =>
  (await query(stack.apis[0] ?? '', smsUid)).body['status'] === 'delivered';

it('one message can be followed through both services by its sms_uid', async () => {
  const smsUid = (await send(stack.apis[0] ?? '', scriptedNumber(0, 1))).body['sms_uid'] ?? '';
  await waitFor(() => isDelivered(smsUid));
  const common = { sms_uid: smsUid, client_id: DEMO.clientId, lane: 'otp' };
  const ofIngress = linesAbout(stack.ingresses[0], smsUid);
  expect(ofIngress[0]).toMatchObject({
    event: 'request',
    route: '/api/sms/v1/sendsms',
    http_status: 200,
    reason: 'ok',
    request_id: expect.any(String),
    ...common,
  });
  expect(ofIngress.map(({ route }) => route)).toContain('/receipts/simulator/:id/:token');
  expect(linesAbout(stack.workers[0], smsUid)).toEqual([
    expect.objectContaining({
      event: 'message settled',
      gateway: 'simulator',
      attempt: 1,
      outcome: 'accepted',
      ...common,
    }),
  ]);
});

it('each message of a batch can be followed, and a refusal names its reason', async () => {
  const message = (n: number) => ({ phone_number: scriptedNumber(1, n), templet_id: 't1', contents: { p1: '1' } });
  const { body } = await request(`${stack.apis[0] ?? ''}/api/sms/v1/sendsms/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'a-batch-of-three' },
    body: JSON.stringify({
      client_id: DEMO.clientId,
      passcode: DEMO.passcode,
      messages: [message(1), message(2), message(1)],
    }),
  });
  const { results } = (await body.json()) as { results: { sms_uid: string; reason?: string }[] };
  expect(results.map(({ reason }) => reason)).toEqual([undefined, undefined, 'number_rate_limited']);
  for (const { sms_uid: smsUid } of results.slice(0, 2)) {
    // Numbers of this block are rejected by the carrier.
    const [settled] = await waitFor(() => {
      const lines = linesAbout(stack.workers[0], smsUid);
      return lines.length > 0 && lines;
    });
    expect(settled).toMatchObject({ event: 'message settled', outcome: 'rejected', reason: 'rejected' });
    expect(linesAbout(stack.ingresses[0], smsUid)[0]).toMatchObject({
      event: 'message accepted',
      request_id: 'a-batch-of-three',
    });
  }
  const again = await send(stack.apis[0] ?? '', scriptedNumber(1, 1));
  const refused = await waitFor(() => linesAbout(stack.ingresses[0], again.body['request_id'] ?? '')[0]);
  expect(refused).toMatchObject({ event: 'request', http_status: 429, reason: 'number_rate_limited' });
});
